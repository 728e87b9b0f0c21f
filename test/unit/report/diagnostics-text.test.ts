import assert from 'node:assert/strict'
import {diagnosticsExitCode, diagnosticsText} from '../../../src/report/diagnostics-text.js'
import {BARE, CONFLICT, FILE, INFO} from './samples.js'

describe('diagnosticsText', () => {
  it('is empty without diagnostics', () => {
    assert.equal(diagnosticsText([]), '')
    assert.equal(diagnosticsExitCode([]), 0)
  })

  it('prints place, severity, code and message, then the details', () => {
    assert.equal(
      diagnosticsText([CONFLICT, BARE, FILE, INFO]),
      `demo.yaml:27:5: error port-conflict 0.0.0.0:80/TCP is already taken
    Service default/b: metadata.annotations["loadbalancer-port.lbex/http"]
    hint: choose another listen port
    demo.yaml:3:5: the winner
Service default/c: warning node-unknown node worker-3 is not known
    Service default/a: the endpoint
x.yaml: error yaml-syntax not valid YAML
Service default/c: info node-unknown node worker-3 is not known
2 errors, 1 warning, 1 info
`,
    )
  })

  it('returns the exit code of the most severe', () => {
    assert.equal(diagnosticsExitCode([BARE, INFO]), 0)
    assert.equal(diagnosticsExitCode([BARE, CONFLICT]), 1)
  })
})
