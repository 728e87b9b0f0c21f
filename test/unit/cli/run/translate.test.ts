import assert from 'node:assert/strict'
import {sortDiagnostics} from '../../../../src/diagnostics/diagnostic.js'
import {createPipeline, evaluate, translate, translateWith} from '../../../support/translate.js'
import {anEndpoint, aNode, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {codes} from '../../../support/outline.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'

const ntp = aService('cluster-local-ntp').port('ntp-listener', 123, {
  protocol: 'UDP',
  listen: 1123,
  nodePort: 30_123,
})
const slice = aSlice('cluster-local-ntp')
  .port('ntp-listener', 123, 'UDP')
  .endpoints(anEndpoint('10.1.0.1').on('a'))
const node = aNode('a').internal('10.0.0.1')

describe('translateInSteps', () => {
  it('translates Kubernetes objects to files', () => {
    const snapshot = aSnapshot([ntp, slice, node])
    const {loadBalancer, services, files, diagnostics} = translate(snapshot, options())
    assert.deepEqual({loadBalancer, services, diagnostics}, evaluate(snapshot, options()))
    assert.deepEqual(
      files.map(({path}) => path.replace(/[0-9a-f]{12}/, 'HASH')),
      ['nginx.conf', 'services/default_cluster-local-ntp-HASH.conf'],
    )
    assert.equal(
      files[1]?.text,
      `# Service default/cluster-local-ntp
upstream ${loadBalancer.services[0]?.id}_1123_udp_ipv4 {
    server 10.0.0.1:30123;
}

# Service port 123, ntp-listener
server {
    listen 0.0.0.0:1123 udp reuseport;
    proxy_timeout 30s;
    proxy_pass ${loadBalancer.services[0]?.id}_1123_udp_ipv4;
}
`,
    )
  })

  it('adds the diagnostics of the templates', () => {
    const odd = aService('a b')
      .annotated({'upstream-type': 'cluster-ip', algoritm: 'x'})
      .port('http', 80, {listen: 8080})
    const {files, diagnostics} = translate(aSnapshot([odd, ntp, slice, node]), options())
    assert.deepEqual(codes(sortDiagnostics(diagnostics)), ['value-refused', 'annotation-unknown'])
    assert.equal(files.length, 2)
  })

  it('returns the same objects for the same snapshot', () => {
    const snapshot = aSnapshot([ntp, slice, node])
    const pipeline = createPipeline(options())
    const [first, second] = [translateWith(pipeline, snapshot), translateWith(pipeline, snapshot)]
    assert.deepEqual(second, first)
    assert.equal(second.loadBalancer, first.loadBalancer)
    assert.ok(second.files.every((file, index) => file === first.files[index]))
  })

  it('handles ten thousand Services, and one with a thousand endpoints and a huge annotation', () => {
    const addresses = Array.from({length: 1000}, (_, index) => `10.9.${index >> 8}.${index & 255}`)
    const large = aService('large')
      .annotated({
        'loadbalancer.lbex/upstream-type': 'pod',
        'loadbalancer.lbex/algorithm': 'x'.repeat(2 ** 20),
      })
      .port('main', 80, {listen: 20_000})
    const largeSlice = aSlice('large')
      .port('main', 8080)
      .endpoints(...addresses.map((address) => anEndpoint(address).on('a')))
    const many = Array.from({length: 10_000}, (_, index) =>
      aService(`many-${index}`).port('main', 80, {listen: 20_001 + index, nodePort: 30_000}),
    )
    const slices = many.map((_, index) =>
      aSlice(`many-${index}`).port('main', 8080).endpoints(anEndpoint('10.1.0.1').on('a')),
    )
    const {files} = translate(aSnapshot([large, largeSlice, node, ...many, ...slices]), options())
    assert.equal(files.length, 10_002)
    const text = files.find(({owners}) => owners[0]?.name === 'large')?.text ?? ''
    assert.equal(text.match(/^ {4}server /gm)?.length, 1000)
    assert.ok(files.every((file) => file.text.length < 2 ** 16))
  }).timeout(INTEGRATION_TIMEOUT)
})
