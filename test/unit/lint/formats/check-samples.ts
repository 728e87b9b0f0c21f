/** Small, complete results of `lbex check`. */
import type {CheckResult} from '../../../../src/lint/formats/check-result.js'
import {BARE, CONFLICT, FILE, INFO} from '../../report/samples.js'

const service = (name: string) => ({ref: {kind: 'Service', namespace: 'default', name}, file: 'demo.yaml'})

const LINES = ['', '    loadbalancer-port.lbex/http: "80"']

export const CLEAN: CheckResult = {
  diagnostics: [],
  edits: new Map(),
  services: [service('a'), service('b')],
  files: 1,
  failOn: 'error',
  lineOf: (file, line) => (file === 'demo.yaml' && line === 27 ? LINES[1] : undefined),
  uriOf: (file) =>
    file.startsWith('<')
      ? undefined
      : file.startsWith('/')
        ? `file://${file}`
        : `k8s/${encodeURIComponent(file)}`,
  version: '2.0.0',
  colour: false,
}

export const FOUND: CheckResult = {
  ...CLEAN,
  diagnostics: [CONFLICT, BARE, FILE, INFO],
  edits: new Map([
    [
      CONFLICT,
      {location: {file: 'demo.yaml', line: 27, column: 5, endLine: 27, endColumn: 9}, text: '"8080"'},
    ],
  ]),
}
