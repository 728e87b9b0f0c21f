import assert from 'node:assert/strict'
import {anEndpoint, aNode, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {evaluate} from '../../../support/translate.js'

const node = aNode('a').internal('10.0.0.1')
const slice = aSlice('web').port('http', 8080).endpoints(anEndpoint('10.1.0.1').on('a'))

/** The port of the check, and the codes. */
function outcome(annotations: Readonly<Record<string, string>>) {
  const {check, codes} = evaluated(annotations)
  return [check?.port, ...codes]
}

function evaluated(annotations: Readonly<Record<string, string>>) {
  const web = aService('web').port('http', 80, {listen: 8080}).with({healthCheckNodePort: 30_999})
  const checked = web.annotated({'health-check': 'tcp', ...annotations})
  const {loadBalancer, diagnostics} = evaluate(aSnapshot([checked, slice, node]), options())
  const [upstream] = loadBalancer.services[0]?.upstreams ?? []
  return {check: upstream?.settings.healthCheck, codes: diagnostics.map(({code}) => code)}
}

describe('a health check of another port', () => {
  it('of nodes probes only ports that are not for others', () => {
    assert.deepEqual(outcome({'health-check-port': '10256'}), [10_256, 'health-check-port-unused'])
    assert.deepEqual(outcome({'health-check-port': '30999'}), [30_999])
    assert.deepEqual(outcome({'health-check-port': '10250'}), [
      ...[undefined, 'health-check-port-unused', 'setting-unused'],
    ])
  })

  it('of Pods probes any port', () => {
    assert.deepEqual(outcome({'health-check-port': '10250', 'upstream-type': 'pod'}), [10_250])
  })

  it('that it may not probe sends the header that the port of the traffic expects', () => {
    const headerOf = (port: string) =>
      evaluated({'health-check-port': port, 'proxy-protocol': 'v1'}).check?.proxyHeader
    assert.equal(headerOf('30999'), undefined)
    assert.equal(headerOf('10250'), 'v1')
  })
})
