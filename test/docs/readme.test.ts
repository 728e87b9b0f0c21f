/** What README.md shows: a Service that gets an answer, the figures of committed results, and a recording of today's demo. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../commands/lbex.js'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const readme = read('README.md')

describe('README', () => {
  it('has a first Service that selects the Pod that the page starts, on the port that it asks', () => {
    const [, page = ''] = readme.split('\n## A first Service\n')
    const [section = ''] = page.split('\n## ')
    const selected = /selector:\n +run: (\S+)/.exec(section)?.[1]
    // kubectl run labels its Pod with run=NAME.
    const started = /^kubectl run (\S+)/m.exec(section)?.[1]
    assert.ok(selected)
    assert.equal(started, selected)
    const [port, target] = [/ port: (\d+)/, / targetPort: (\d+)/].map((field) => field.exec(section)?.[1])
    assert.ok(section.includes(`curl http://127.0.0.1:${port}/`))
    assert.ok(section.includes(`--port=${target}`))
  })

  it('has the figures of bench/results/', () => {
    const demo = JSON.parse(read('bench/results/demo.json')) as {connections: number; failed: number}
    assert.ok(/0 of (\d+)\s+connections/.exec(readme)?.[1] === String(demo.connections) && demo.failed === 0)
    const {translate} = JSON.parse(read('bench/results/translate.json')) as {
      translate: readonly {services: number; oneChange: {median: number}}[]
    }
    const [, services = '', median] =
      /among ([\d,]+)\s+takes\s+a\s+median\s+of\s+(\d+)\s+ms/.exec(readme) ?? []
    const measured = translate.find((each) => each.services === Number(services.replace(',', '')))
    assert.equal(Math.round(measured?.oneChange.median ?? 0), Number(median))
  })

  it('shows a recording of the steps that the demo has', () => {
    const steps = [...read('scripts/demo/main.ts').matchAll(/step\(\s*[`']([^`']*)[`']/g)].map(
      ([, title]) => title,
    )
    // With --stay only.
    const titles = steps.filter((title) => title !== 'It serves until you press Ctrl-C')
    const recorded = [...read('docs/images/demo.svg').matchAll(/class="title"[^>]*>\d+\. ([^<]*)</g)].map(
      ([, title]) => title,
    )
    assert.ok(titles.length > 3)
    assert.equal(recorded.length, titles.length)
    for (const [index, title = ''] of titles.entries()) {
      const [start = ''] = title.split('${')
      assert.ok(recorded[index]?.startsWith(start), `${recorded[index]}: run npx tsx scripts/record-demo.ts`)
    }
  })
})
