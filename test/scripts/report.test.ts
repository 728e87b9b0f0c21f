/** What npm run bench and npm run chaos write. */
import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {environment} from '../../bench/environment.js'
import {fileName, markdown, writeReport, type Report} from '../../bench/report.js'
import {testNginx} from '../support/nginx-binary.js'
import {temporaryFolder} from '../support/temporary-folder.js'

const REPORT: Report = {
  name: 'chaos',
  command: 'npm run chaos -- soak',
  started: new Date('2026-11-30T22:05:09.123Z'),
  seconds: 1810,
  notes: ['Other programs ran.'],
  environment: {
    ...{cpu: 'Some CPU', cores: 2, memory: 24, load: [0.5, 7], kernel: 'Linux 6.1.0', lbex: '0123456789'},
    ...{nginx: ['1.22.1', '1.26.3 with njs 0.8.9'], node: 'v20.20.2'},
  },
  parts: {
    soak: {
      title: 'A life.',
      rows: [
        {what: 'a|b', count: 1234, times: {p50: 1, p99: 2}},
        {what: 'c', count: 5},
      ],
      violations: ['it ended\nin the middle'],
    },
    other: {title: 'Another part.', rows: [], notRun: 'NGINX is missing'},
  },
}

const TEXT = `# npm run chaos -- soak

2026-11-30 22:05 UTC, 30 minutes. **Violations: 1.**

Other programs ran.

| machine |   |
| --- | --- |
| CPU | Some CPU, 2 cores |
| memory | 24 GiB |
| load of the machine | 0.5 at the start, 7 at the end |
| kernel | Linux 6.1.0 |
| lbex | 0123456789 |
| NGINX | 1.22.1; 1.26.3 with njs 0.8.9 |
| Node | v20.20.2 |

## soak

A life.

| what | count | times |
| --- | ---: | --- |
| a\\|b | 1,234 | 1 / 2 |
| c | 5 |  |

Violation:

    it ended
    in the middle

## other

Another part.

Not run: NGINX is missing
`

describe('a report', () => {
  it('is named by its time and its command', () => {
    assert.equal(fileName(REPORT), '2026-11-30T22-05-09Z-chaos')
  })

  it('is Markdown', () => {
    assert.equal(markdown(REPORT), TEXT)
  })

  it('counts violations only if something is judged', () => {
    const parts = {translate: {title: 'Milliseconds.', rows: [{services: 1000}]}}
    assert.match(markdown({...REPORT, parts, seconds: 61.4}), /\n2026-11-30 22:05 UTC, 61 seconds\.\n/)
  })

  it('is written as Markdown and JSON', async () => {
    const folder = await temporaryFolder()
    try {
      const paths = await writeReport(REPORT, folder.path)
      const names = ['md', 'json'].map((ending) => `${folder.path}/2026-11-30T22-05-09Z-chaos.${ending}`)
      assert.deepEqual(paths, names)
      assert.equal(await readFile(names[0] as string, 'utf8'), TEXT)
      const written = JSON.parse(await readFile(names[1] as string, 'utf8'))
      const {started, ...rest} = REPORT
      assert.deepEqual(written, {...rest, started: started.toISOString(), violations: 1})
    } finally {
      await folder.remove()
    }
  })

  it('says what it was measured on', async () => {
    const {cpu, cores, memory, load, kernel, lbex, nginx, node} = await environment([await testNginx()])
    assert.ok(cpu.length > 0 && cores > 0 && memory > 0 && (load[0] ?? -1) >= 0)
    assert.match(kernel, /^Linux \d/)
    assert.match(lbex, /^([\da-f]{10}\+?|unknown)$/)
    assert.match(nginx.join(), /^1\.\d+\.\d+( with njs .+)?$/)
    assert.equal(node, process.version)
  })
})
