type Child = Node | string | undefined;
type Value = string | number | boolean | undefined | ((event: never) => void);

/** An element. Functions are listeners; false and undefined leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<E extends HTMLElement | SVGElement>(
  element: E,
  attributes: Readonly<Record<string, Value>>,
  children: Child[],
): E {
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === 'function') element.addEventListener(name, value as (event: Event) => void);
    else if (name === 'style') element.style.cssText = String(value); // the page's policy refuses the attribute
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** The page's element of that id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** A row of buttons, exactly one of which is pressed. */
export function segments<T extends string | number>(
  label: string,
  choices: readonly { readonly value: T; readonly text: string; readonly title?: string }[],
  chosen: T,
  choose: (value: T) => void,
): HTMLElement {
  const buttons = choices.map(({ value, text, title }) =>
    h(
      'button',
      {
        type: 'button',
        'aria-pressed': String(value === chosen),
        title,
        click: () => {
          for (const button of buttons)
            button.setAttribute(
              'aria-pressed',
              String(button === buttons[choices.findIndex((c) => c.value === value)]),
            );
          choose(value);
        },
      },
      text,
    ),
  );
  return h('div', { class: 'segments', role: 'group', 'aria-label': label }, ...buttons);
}
