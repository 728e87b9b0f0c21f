import assert from 'node:assert/strict'
import {NO_CONFIG, readConfig} from '../../../../src/lint/config/read-config.js'

const read = (text: string) => {
  const {config, diagnostics} = readConfig('.lbex.yaml', text)
  const found = diagnostics.map(
    ({code, message, hint, location}) =>
      `${location?.line}:${location?.column} ${code}: ${message}${hint ? ` (${hint})` : ''}`,
  )
  return {config, found}
}

describe('readConfig', () => {
  it('reads every setting', () => {
    const {config, found} = read(`fail-on: warning
max-warnings: 10
exclude: [charts]
disable: [class-foreign]
severity:
  method-unused: info
overrides:
  - paths: ["old/**"]
    severity: {port-missing: warning}
`)
    assert.deepEqual(found, [])
    assert.deepEqual(config, {
      failOn: 'warning',
      maxWarnings: 10,
      exclude: ['charts'],
      disable: ['class-foreign'],
      severity: new Map([['method-unused', 'info']]),
      overrides: [{paths: ['old/**'], disable: [], severity: new Map([['port-missing', 'warning']])}],
    })
  })

  for (const text of ['', '# nothing\n', '{}']) {
    it(`ignores ${JSON.stringify(text)}`, () => assert.deepEqual(read(text), {config: NO_CONFIG, found: []}))
  }

  it('skips a pattern that is too long', () => {
    const {config, found} = read(`exclude: [charts, ${'a*'.repeat(501)}]`)
    assert.deepEqual(found, ['1:19 config-invalid: must be no more than 1000 characters, this has 1002'])
    assert.deepEqual(config.exclude, ['charts'])
  })

  it('reports all mistakes with locations, and uses the valid settings', () => {
    const {config, found} = read(`disabel: []
disable:
  - class-forein
  - class-foreign
  - 7
overrides:
  - severity: []
`)
    assert.deepEqual(found, [
      '1:1 config-invalid: unknown setting "disabel" (did you mean disable?)',
      '3:5 config-invalid: unknown code "class-forein" (did you mean class-foreign?)',
      '5:5 config-invalid: must be a string, but this is the number 7',
      '5:5 config-invalid: unknown code "7"',
      '7:5 config-invalid: the required field overrides[0].paths is missing',
      '7:15 config-invalid: must be a mapping, but this is a list',
    ])
    assert.deepEqual(config.disable, ['class-foreign'])
  })

  it('does not report unknown kinds', () => {
    assert.deepEqual(read('kind: Kustomization\n').found, ['1:1 config-invalid: unknown setting "kind"'])
  })

  it('reports syntax errors and duplicate keys', () => {
    assert.match(read('disable: [').found.join(), /^1:11 yaml-syntax: not valid YAML: /)
    assert.deepEqual(read('exclude: [a]\nexclude: [b]\n').found, [
      '2:1 config-invalid: the key "exclude" is duplicated in this mapping',
    ])
    assert.match(read('- a\n').found.join(), /must be a mapping/)
  })
})
