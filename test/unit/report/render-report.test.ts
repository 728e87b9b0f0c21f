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
