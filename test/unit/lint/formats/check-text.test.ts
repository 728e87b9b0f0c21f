import assert from 'node:assert/strict'
import {checkText} from '../../../../src/lint/formats/check-text.js'
import {CLEAN, FOUND} from './check-samples.js'
import {CONFLICT} from '../../report/samples.js'

describe('checkText', () => {
  it('prints what was checked if there are no findings', () => {
    assert.equal(checkText(CLEAN), 'no findings in 2 Services of 1 file\n')
    assert.equal(checkText({...CLEAN, services: [], files: 2}), 'no findings in 0 Services of 2 files\n')
  })

  it('prints each finding with its line, and their number', () => {
    assert.equal(
      checkText(FOUND),
      `demo.yaml:27:5: error port-conflict 0.0.0.0:80/TCP is already taken
    Service default/b: metadata.annotations["loadbalancer-port.lbex/http"]
    27 |     loadbalancer-port.lbex/http: "80"
       |     ^^^^
    hint: choose another listen port
    demo.yaml:3:5: the winner
Service default/c: warning node-unknown node worker-3 is not known
    Service default/a: the endpoint
x.yaml: error yaml-syntax not valid YAML
Service default/c: info node-unknown node worker-3 is not known
2 errors, 1 warning, 1 info in 2 Services of 1 file; 1 fixable with --fix
`,
    )
  })

  it('names the template that a manifest was built from', () => {
    const location = {...CONFLICT.location!, madeFrom: 'shop/templates/service.yaml'}
    assert.match(
      checkText({...FOUND, diagnostics: [{...CONFLICT, location}]}),
      /^ {4}made from shop\/templates\/service\.yaml$/m,
    )
  })

  it('uses colour on request', () => {
    assert.ok(checkText({...FOUND, colour: true}).includes('\u001B[31m'))
    assert.ok(!checkText(FOUND).includes('\u001B'))
  })
})
