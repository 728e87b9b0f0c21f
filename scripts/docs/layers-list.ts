/** The list of layers in docs/architecture.md: what the import rules enforce. */
import {importsInWords, LAYERS} from '../layers.mjs'

const BEGIN = '<!-- layers: npm run docs writes this list from scripts/layers.mjs -->\n'
const END = '<!-- end of layers -->\n'

/** The page with an up-to-date list of layers; throws if the page does not have the two marks. */
export function withLayers(page: string): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`the page lacks ${BEGIN} or ${END}`)
  return `${before}${BEGIN}\n${layersList()}\n${END}${after}`
}

/** A list, because the rows of a table would be several hundred characters wide. */
function layersList(): string {
  return Object.entries(LAYERS)
    .map(([layer, {holds}]) => `- **\`${layer}/\`**: ${holds}. May import: ${importsInWords(layer)}\n`)
    .join('')
}
