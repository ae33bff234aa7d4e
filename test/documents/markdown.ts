import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every Markdown file of the project, as a path from its root, with its text. */
export function documents(): Map<string, string> {
  const files = ['', 'docs/', 'findings/'].flatMap((folder) =>
    readdirSync(root + folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => folder + name),
  );
  return new Map(files.map((file) => [file, readFileSync(root + file, 'utf8')]));
}

/** The contents of a text's code blocks in this language. */
export function codeBlocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code);
}

/** The text without its code blocks, fenced or indented. */
export function prose(text: string): string {
  return text.replace(/^```.*?^```$/gms, '').replace(/^ {4}.*$/gm, '');
}
