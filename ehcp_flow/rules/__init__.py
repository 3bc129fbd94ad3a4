"""May this be done now? What is so goes in; an event or a refusal comes out."""
