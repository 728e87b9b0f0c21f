import assert from 'node:assert/strict'
import {diagnosticJson} from '../../../src/report/diagnostics-json.js'
import {modelJson, renderJson, renderText, withDiagnostics} from '../../../src/report/render-report.js'
import {BARE, CONFLICT, RESULT} from './samples.js'

describe('render reports', () => {
  it('print all files as one text', () => {
    const {output, notes, exitCode} = renderText(RESULT)
    assert.equal(
      output,
      `### nginx.conf
include services.conf;

### version.conf
# The generation that a worker serves.
return "${RESULT.generation.id}";

### services.conf
# One file for each Service, named by its content.
include services/a.conf;

### services/a.conf
server {}
`,
    )
    assert.deepEqual([notes, exitCode], ['', 0])
  })

  it('put the diagnostics beside the text', () => {
    const {notes, exitCode} = renderText({...RESULT, diagnostics: [CONFLICT]})
    assert.match(notes, /^demo\.yaml:27:5: error port-conflict [^]*1 error\n$/)
    assert.equal(exitCode, 1)
  })

  it('print one JSON object', () => {
    const {output, notes, exitCode} = renderJson({...RESULT, diagnostics: [BARE]})
    assert.deepEqual([notes, exitCode], ['', 0])
    assert.deepEqual(JSON.parse(output), {
      generation: RESULT.generation.id,
      files: RESULT.generation.files.map(({path, text, owners: [owner], listeners}) => ({
        ...{path, text, listeners},
        ...(owner && {owner}),
      })),
      diagnostics: [diagnosticJson(BARE)],
    })
    assert.equal(renderJson({...RESULT, diagnostics: [CONFLICT]}).exitCode, 1)
  })

  it('name every owner of a file', () => {
    const owners = ['a', 'b'].map((name) => ({kind: 'Service', namespace: 'default', name}))
    const file = {path: 'services/x.conf', text: '', owners, listeners: []}
    const {output} = renderJson({...RESULT, generation: {id: 'x', files: [file]}})
    const {files} = JSON.parse(output) as {files: object[]}
    assert.deepEqual(files, [file])
  })

  it('say which Services can change without a reload, if NGINX can do that', () => {
    const key = (port: number) => ({address: '0.0.0.0', port, protocol: 'TCP'}) as const
    const file = (
      name: string,
      ports: readonly number[],
      live: readonly {port: number; replaceable: boolean}[],
    ) => ({
      ...{path: `services/${name}.conf`, text: ''},
      owners: [{kind: 'Service', namespace: 'shop', name}],
      listeners: ports.map(key),
      live: live.map(({port, replaceable}) => ({key: key(port), replaceable})),
    })
    const files = [
      file(
        'web',
        [80, 443],
        [
          {port: 80, replaceable: true},
          {port: 443, replaceable: true},
        ],
      ),
      file('db', [5432], [{port: 5432, replaceable: false}]),
      file('mixed', [1, 2], [{port: 1, replaceable: true}]),
    ]
    const result = {...RESULT, generation: {id: 'x', files}}
    assert.equal(
      renderText(result).notes,
      `servers can change without a reload of NGINX: shop/web
a change of servers is a reload of NGINX: shop/db, shop/mixed
`,
    )
    const parsed = JSON.parse(renderJson(result).output) as {files: {live: {port: number}[]}[]}
    assert.deepEqual(
      parsed.files.map(({live}) => live.map(({port}) => port)),
      [[80, 443], [], [1]],
    )
    const many = Array.from({length: 25}, (_, index) => file(`s${index + 10}`, [1], []))
    assert.match(
      renderText({...RESULT, generation: {id: 'x', files: many}}).notes,
      /^a change of servers is a reload of NGINX: shop\/s10, .*shop\/s29 and 5 more\n$/,
    )
  })

  it('print the model', () => {
    const output = '{\n  "services": [],\n  "shared": []\n}\n'
    assert.deepEqual(modelJson(RESULT), {output, notes: '', exitCode: 0, medium: 'json'})
  })

  it('add remarks after the diagnostics', () => {
    assert.deepEqual(withDiagnostics('', [], ['wrote 3 files']), {
      output: '',
      notes: 'wrote 3 files\n',
      exitCode: 0,
    })
  })
})
