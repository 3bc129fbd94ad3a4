/* Each visible text of a page and its contrast, by what is rendered:
   https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. Also the labels that a stylesheet puts in. */
() => {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], [x, y, z]) => [
    r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a),
  ];
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const own = parts(getComputedStyle(element).backgroundColor);
    return (own[3] ?? 1) === 1 ? own : over(own, ground(element.parentElement));
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const v = part / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (colour, behind) => {
    const [dark, light] = [luminance(over(parts(colour), behind)), luminance(behind)].sort(
      (one, other) => one - other,
    );
    return (light + 0.05) / (dark + 0.05);
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility() || element.tagName === "SCRIPT") continue;
    const behind = ground(element);
    const text = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const says = `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`;
    if (text) found.push([says, ratio(getComputedStyle(element).color, behind)]);
    const before = getComputedStyle(element, "::before");
    if (!["none", "normal"].includes(before.content)) {
      found.push([`before ${says}`, ratio(before.color, behind)]);
    }
  }
  return found;
}
