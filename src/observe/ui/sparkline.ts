/** A small graph as SVG, which needs no script and no style attribute. */
import {html, type Html} from './html.js'

const WIDTH = 240
const HEIGHT = 40

/** `values`: oldest first. `label` says what the graph shows, for those who do not see it. */
export function sparkline(values: readonly number[], label: string): Html {
  const top = Math.max(...values, 0)
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map((value, index) => {
    const y = top === 0 ? HEIGHT - 1 : HEIGHT - 1 - (value / top) * (HEIGHT - 2)
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`
  })
  return html`<svg
    class="spark"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <polygon points="0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}" />
    <polyline points="${points.join(' ')}" />
  </svg>`
}
