import { byId } from './dom.ts';

const KEY = 'bertrand theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** Calls back when canvases are to be drawn again: the colours change, or they lost what they showed with the GPU's process. */
export const onRepaint = (listener: () => void): void => void listeners.add(listener);

/** The colour that a CSS variable has now. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Light or dark as the system says, until a person chooses. */
export function setUpTheme(): void {
  const button = byId('theme');
  const repaint = (): void => listeners.forEach((listener) => listener());
  const show = (): void => {
    const theme = stored() ?? (dark.matches ? 'dark' : 'light');
    document.documentElement.dataset.theme = theme;
    button.textContent = theme === 'dark' ? 'Light' : 'Dark';
    repaint();
  };
  button.addEventListener('click', () => {
    store(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
    show();
  });
  dark.addEventListener('change', show);
  document.addEventListener('contextrestored', repaint, true); // of any canvas: it does not bubble
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
