/** Small, complete diagnostics and a render result. */
import {assembleGeneration} from '../../../src/dataplane/nginx/config/generation.js'
import type {Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import type {RenderResult} from '../../../src/report/render-report.js'

const b = {kind: 'Service', namespace: 'default', name: 'b'}
const a = {kind: 'Service', namespace: 'default', name: 'a'}
const at = (line: number) => ({file: 'demo.yaml', line, column: 5, endLine: line, endColumn: 9})

/** An error with all fields. */
export const CONFLICT: Diagnostic = {
  code: 'port-conflict',
  severity: 'error',
  message: '0.0.0.0:80/TCP is already taken',
  object: b,
  field: ['metadata', 'annotations', 'loadbalancer-port.lbex/http'],
  origin: {file: 'demo.yaml', document: 1, path: []},
  location: at(27),
  hint: 'choose another listen port',
  related: [{message: 'the winner', object: a, field: ['spec', 'ports', 0], location: at(3)}],
}

/** A warning about an object of a cluster: no file, no field, no hint. */
export const BARE: Diagnostic = {
  code: 'node-unknown',
  severity: 'warning',
  message: 'node worker-3 is not known',
  object: {kind: 'Service', namespace: 'default', name: 'c'},
  related: [{message: 'the endpoint', object: a}],
}

/** An error about a whole file. */
export const FILE: Diagnostic = {
  code: 'yaml-syntax',
  severity: 'error',
  message: 'not valid YAML',
  object: {kind: 'File', name: 'x.yaml'},
  origin: {file: 'x.yaml', document: 0, path: []},
}

export const INFO: Diagnostic = {...BARE, severity: 'info', related: []}

export const RESULT = {
  loadBalancer: {services: [], shared: []},
  generation: assembleGeneration([
    {path: 'nginx.conf', text: 'include services.conf;\n', owners: [], listeners: []},
    {
      path: 'services/a.conf',
      text: 'server {}\n',
      owners: [a],
      listeners: [{address: '0.0.0.0', port: 80, protocol: 'TCP'}],
    },
  ]),
  diagnostics: [],
} satisfies RenderResult
