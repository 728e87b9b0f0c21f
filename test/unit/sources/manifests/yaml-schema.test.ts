import assert from 'node:assert/strict'
import {parseYaml, readValue} from '../../../../src/sources/manifests/parse-yaml.js'

/** The plain scalar and what kubectl makes of it. */
const SCALARS: [text: string, value: unknown][] = [
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (text): [string, unknown] => [text, true],
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (text): [string, unknown] => [text, false],
  ),
  ['yEs', 'yEs'],
  ['null', null],
  ['~', null],
  ['0', 0],
  ['123', 123],
  ['-5', -5],
  ['+5', 5],
  ['1_000', 1000],
  ['0x1F', 31],
  ['-0x1F', -31],
  ['0b101', 5],
  ['0o17', 15],
  ['0755', 493],
  ['08', 8],
  ['1.10', 1.1],
  ['1e3', 1000],
  ['.5', 0.5],
  ['1.2.3', '1.2.3'],
  ['12:30', '12:30'],
  ['0x', '0x'],
  ['2030-01-31', '2030-01-31'],
  ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00Z'],
  ['"80"', '80'],
  ["'yes'", 'yes'],
  ['!!str 80', '80'],
  ['!!int "80"', 80],
  ['!!binary aGk=', 'aGk='],
  ['!Ref x', 'x'],
]

describe('KUBERNETES_SCHEMA', () => {
  for (const [text, value] of SCALARS) {
    it(`reads ${text} as ${typeof value} ${String(value)}`, () => {
      assert.deepEqual(readValue(parseYaml(`[${text}]`)), {value: [value]})
    })
  }

  it('applies to documents with another %YAML version, too', () => {
    assert.deepEqual(readValue(parseYaml('%YAML 1.1\n---\n[12:30, 2030-01-31, on]')), {
      value: ['12:30', '2030-01-31', true],
    })
  })
})
