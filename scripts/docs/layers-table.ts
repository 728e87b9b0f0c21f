/** The table of layers in docs/architecture.md: what the import rules enforce. */
import {importsInWords, LAYERS} from '../layers.mjs'
import {table} from './table.js'

const BEGIN = '<!-- layers: npm run docs writes this table from scripts/layers.mjs -->\n'
const END = '<!-- end of layers -->\n'

/** The page with its table of layers written anew; throws if the page does not have the two marks. */
export function withLayers(page: string): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`the page lacks ${BEGIN} or ${END}`)
  return `${before}${BEGIN}\n${layersTable()}\n${END}${after}`
}

function layersTable(): string {
  const rows = Object.entries(LAYERS).map(([layer, {holds}]) => [
    `\`${layer}/\``,
    holds,
    importsInWords(layer),
  ])
  return table(['layer', 'holds', 'may import'], rows)
}
