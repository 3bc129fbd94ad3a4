"use strict";
(() => {
  const all = (what, under = document) => [...under.querySelectorAll(what)];
  const earlier = JSON.parse(document.getElementById("earlier").textContent);
  document.documentElement.classList.add("js");
  for (const part of all("[data-script]")) part.hidden = false;

  // Words of a record only ever become text: nothing here reads them as HTML.
  const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
  const picture = (sign) => {
    const point = sign.charCodeAt(0);
    if (point < 0x20) return String.fromCharCode(0x2400 + point);
    return point === 0x7f ? "␡" : `⟨U+${point.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  };
  const make = (name, kind, under) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    under.append(made);
    return made;
  };
  const spell = (text, under) => {
    let at = 0;
    for (const found of text.matchAll(STEERING)) {
      under.append(text.slice(at, found.index));
      const sign = make("span", "sign", under);
      sign.dataset.is = picture(found[0]);
      sign.textContent = found[0];
      at = found.index + 1;
    }
    under.append(text.slice(at));
  };

  // Whose hand it was: beside the run that the pointer or the keyboard is on.
  const box = document.getElementById("hand");
  let shown = null;
  let leaving = 0;
  const place = (x = null, y = null) => {
    const lines = [...shown.getClientRects()].filter((line) => line.width > 0);
    if (!lines.length) return hide();
    const line = lines.find((one) => y !== null && one.top <= y && y <= one.bottom) ?? lines[0];
    const wide = document.documentElement.clientWidth;
    const left = Math.min(x ?? line.left, wide - box.offsetWidth - 8);
    const below = line.bottom + 6;
    const fits = below + box.offsetHeight <= window.innerHeight;
    const above = line.top - box.offsetHeight - 6;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${fits || above < 0 ? below : above}px`;
  };
  const tell = (run, x, y) => {
    clearTimeout(leaving);
    shown = run;
    box.replaceChildren();
    if (run.dataset.then) {
      for (const line of earlier.hands[run.dataset.then]) {
        const told = make("p", "", box);
        for (const [part, said] of line) spell(part, said ? make("bdi", "", told) : told);
      }
    } else {
      const card = document.getElementById(run.getAttribute("aria-describedby"));
      for (const line of all("p", card)) box.append(line.cloneNode(true));
    }
    box.hidden = false;
    place(x, y);
  };
  const hide = () => {
    box.hidden = true;
    shown = null;
  };
  const leave = () => {
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      const on = document.activeElement?.closest?.(".run");
      on ? tell(on) : hide();
    }, 200);
  };
  document.addEventListener("pointerover", (event) => {
    const run = event.target.closest?.(".run:not(.plain)");
    if (run) tell(run, event.clientX, event.clientY);
    else if (event.target.closest?.("#hand")) clearTimeout(leaving);
    else if (shown) leave();
  });
  document.addEventListener("focusin", (event) => {
    const run = event.target.closest(".run");
    run ? tell(run) : hide();
  });
  document.addEventListener("focusout", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      clearTimeout(leaving);
      hide();
    }
  });
  addEventListener("scroll", () => shown && place(), { passive: true });
  addEventListener("resize", () => shown && place());

  // Only some people's words, and only some sections.
  const form = document.getElementById("filters");
  const people = all("[name=person]", form);
  const sections = all("[name=section]", form);
  const told = document.getElementById("filtered");
  const filter = () => {
    const out = document.getElementById("leave-out").checked;
    const on = new Set(people.filter((box) => box.checked).map((box) => box.value));
    for (const run of all(".run")) {
      const other = !on.has(run.dataset.by);
      run.classList.toggle("plain", other && !out);
      run.classList.toggle("out", other && out);
      if (run.dataset.blank === undefined) run.tabIndex = other ? -1 : 0;
    }
    let open = 0;
    for (const choice of sections) {
      document.getElementById(`section-${choice.value}`).hidden = !choice.checked;
      open += choice.checked;
    }
    const whole = on.size === people.length && open === sections.length;
    told.textContent = whole
      ? "Everything is shown."
      : `Marked: the words of ${on.size} of ${people.length} hands, in ${open} of ` +
        `${sections.length} sections.${out ? " The words of the others are left out." : ""}`;
    told.classList.toggle("notice", !whole);
    hide();
  };
  form.addEventListener("change", filter);
  for (const button of all("button", form)) {
    button.addEventListener("click", () => {
      for (const box of all(`[name=${button.dataset.of}]`, form)) {
        box.checked = button.dataset.all === "yes";
      }
      filter();
    });
  }

  // The text of a section as at each of its steps.
  for (const when of all(".when")) {
    const id = when.dataset.section;
    const steps = earlier.sections[id];
    const slider = when.querySelector("input");
    const now = document.getElementById(`text-${id}`);
    const then = document.getElementById(`then-${id}`);
    const show = () => {
      const [said, runs] = steps[slider.value - 1];
      const current = runs === null;
      slider.setAttribute("aria-valuetext", said);
      when.querySelector("output").textContent = current ? `The text now: ${said}` : `An earlier text: ${said}`;
      then.replaceChildren();
      now.hidden = !current;
      then.hidden = current;
      for (const [piece, by, label, hand] of runs ?? []) {
        const text = earlier.pool[piece];
        const run = make("span", `run a${(by - 1) % COLOURS}`, then);
        run.dataset.by = by;
        run.dataset.then = hand;
        run.setAttribute("aria-describedby", "hand");
        if (text.trim()) run.tabIndex = 0;
        else run.dataset.blank = "";
        let first = true;
        for (const part of text.split(/(\n+)/)) {
          if (!part) continue;
          const words = make("span", part.trim() ? "w" : "", run);
          if (part.trim() && first) {
            words.dataset.n = label;
            first = false;
          }
          spell(part, words);
        }
      }
      filter();
    };
    slider.addEventListener("input", show);
    // A browser may remember where it stood.
    slider.value = slider.max;
    show();
  }
  filter();
})();
