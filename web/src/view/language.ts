/**
 * The page's language, of its numbers and dates, too. Libraries ask the browser for it, uPlot as it is loaded, and hand the answer to
 * Intl: they are given this one. WebKit's own would be `C` on a system without a language (LANG=C), which Intl refuses.
 */
export const language = document.documentElement.lang;
Object.defineProperty(navigator, 'language', { value: language });
