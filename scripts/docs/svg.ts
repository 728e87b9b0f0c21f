/** Parts of SVG that the picture of the README and the recording of the demo have in common. */

const ENTITIES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}

/** Text for SVG. Control characters, which XML does not allow, are left out. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/[^\t\u0020-\uFFFD]/g, '')
}

/** The file, with a title that screen readers read. */
export function svg(width: number, height: number, title: string, content: readonly string[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    ...content,
    '</svg>',
    '',
  ].join('\n')
}
