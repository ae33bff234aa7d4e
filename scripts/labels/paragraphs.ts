/** Characters of a paragraph at least. */
const LEAST = 250;

/** The addresses have no paragraphs: a few sentences in a row stand for one. */
export function paragraphsOf(text: string): string[] {
  const paragraphs: string[] = [];
  let paragraph = '';
  for (const sentence of text.trim().split(/(?<=[.?!]["')]?)\s+(?=["'(]?[A-Z])/)) {
    paragraph = paragraph === '' ? sentence : `${paragraph} ${sentence}`;
    if (paragraph.length < LEAST) continue;
    paragraphs.push(paragraph);
    paragraph = '';
  }
  return paragraphs;
}
