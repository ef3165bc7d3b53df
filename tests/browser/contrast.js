// All visible text (and placeholders) with its contrast to what is painted behind it, as in
// WCAG 2.2, 1.4.3. Returns those below 4.5:1.
() => {
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, below) => ({
    r: top.r * top.a + below.r * (1 - top.a),
    g: top.g * top.a + below.g * (1 - top.a),
    b: top.b * top.a + below.b * (1 - top.a),
    a: 1,
  });
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = ({ r, g, b }) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ratio = (one, two) => {
    const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const image = style.backgroundImage.match(/rgba?\([^)]*\)/g);
      // Of a gradient the lightest colour: text on it is white.
      if (image) layers.push(image.map(parse).sort((a, b) => light(b) - light(a))[0]);
      else layers.push(parse(style.backgroundColor));
      if (layers.at(-1).a === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const opacity = (element) => {
    let total = 1;
    for (let at = element; at; at = at.parentElement) total *= Number(getComputedStyle(at).opacity);
    return total;
  };
  const weak = [];
  let seen = 0;
  const judge = (element, colour, words) => {
    const behind = ground(element);
    const shown = { ...parse(colour) };
    shown.a *= opacity(element);
    const found = ratio(over(shown, behind), behind);
    seen += 1;
    if (found < 4.5) weak.push(`${words.slice(0, 40)}: ${found.toFixed(2)} (${colour})`);
  };
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    const hidden = element.closest(".hidden, [hidden], noscript, dialog:not([open]), :disabled, select");
    if (!box.width || !box.height || hidden || opacity(element) < 0.05) continue;
    const style = getComputedStyle(element);
    const words = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent.trim())
      .join("");
    if (words && style.visibility === "visible") judge(element, style.color, words);
    if (element.placeholder) {
      judge(element, getComputedStyle(element, "::placeholder").color, element.placeholder);
    }
  }
  return { seen, weak };
}
