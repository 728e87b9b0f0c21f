import assert from 'node:assert/strict'
import {projectService} from '../../../../src/sources/manifests/project-service.js'
import {fieldOf} from './support.js'

function problems(text: string): string[] {
  const {field, found} = fieldOf(text)
  projectService(field)
  return found()
}

describe('fields that Kubernetes does not know', () => {
  it('are found wherever a Service has fields', () => {
    assert.deepEqual(
      problems(`
        metadata: {name: a, annotation: {}}
        specs: {}
        spec:
          externalTrafficpolicy: Local
          sessionAfinity: ClientIP
          sessionAffinity: ClientIP
          sessionAffinityConfig: {clientIP: {timeOutSeconds: 5}}
          selector: {anything: goes}
          ports: [{port: 80, targetport: 8080}]`).sort(),
      [
        'unknown-field metadata.annotation: unknown field "annotation"',
        'unknown-field spec.externalTrafficpolicy: unknown field "externalTrafficpolicy"',
        'unknown-field spec.ports[0].targetport: unknown field "targetport"',
        'unknown-field spec.sessionAffinityConfig.clientIP.timeOutSeconds: unknown field "timeOutSeconds"',
        'unknown-field spec.sessionAfinity: unknown field "sessionAfinity"',
        'unknown-field specs: unknown field "specs"',
      ],
    )
  })

  it('are not looked for in an object that an API server has accepted', () => {
    const metadata = 'metadata: {name: a, uid: u, creationTimestamp: 2030-01-31T12:00:00Z}'
    assert.deepEqual(problems(`${metadata}\nspec: {newField: 1, ports: [{port: 80}]}`), [])
  })
})
