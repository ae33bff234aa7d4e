import { byId } from './dom.ts';

const KEY = 'bertrand theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** Calls back when the colours change, so that canvases can be redrawn. */
export const onTheme = (listener: () => void): void => void listeners.add(listener);

/** The colour that a CSS variable has now. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Light or dark as the system says, until a person chooses. */
export function setUpTheme(): void {
  const button = byId('theme');
  const show = (): void => {
    const theme = stored() ?? (dark.matches ? 'dark' : 'light');
    document.documentElement.dataset.theme = theme;
    button.textContent = theme === 'dark' ? 'Light' : 'Dark';
    for (const listener of listeners) listener();
  };
  button.addEventListener('click', () => {
    store(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
    show();
  });
  dark.addEventListener('change', show);
  show();
}

function stored(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // storage may be forbidden
  }
}

function store(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    document.documentElement.dataset.theme = theme;
  }
}
