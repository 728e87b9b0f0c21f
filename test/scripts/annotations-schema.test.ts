import assert from 'node:assert/strict'
import Ajv from 'ajv'
import {annotationsSchema} from '../../scripts/docs/annotations-schema.js'
import {ANNOTATION_ENTRIES} from '../../src/core/intent/annotations.js'

const validate = new Ajv({allErrors: true}).compile(annotationsSchema())

const accepts = (annotations: Record<string, unknown>, kind = 'Service') =>
  validate({apiVersion: 'v1', kind, metadata: {name: 'web', annotations}})

describe('the JSON Schema of annotations', () => {
  it('accepts what lbex accepts', () => {
    for (const annotations of [
      {},
      {'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex', 'loadbalancer-port.lbex/http': '8080'},
      {'kubernetes.io/loadbalancer-class': 'metallb', 'example.com/anything': 'goes'},
      {'loadbalancer.lbex/passthrough': 'T', 'loadbalancer.lbex/method': 'last_byte inflight'},
      {'loadbalancer.lbex/resolver': '10.0.0.10', 'loadbalancer.lbex/service-pool': ''},
      {'loadbalancer.lbex/resolver': 'fd00::53', 'loadbalancer-port.lbex/dns': '65535'},
      {'loadbalancer-port.lbex/rtp': '20000-20100'},
      {'check.lbex/ignore': 'class-foreign, method-unused'},
      {'loadbalancer.lbex/algorithm.http': 'least_conn'},
      {'loadbalancer.lbex/proxy-protocol': 'v1', 'loadbalancer.lbex/accept-proxy-protocol.http': 'off'},
      {'loadbalancer.lbex/accept-proxy-protocol': '10.0.0.0/8, fd00::/8'},
      {'loadbalancer.lbex/connections': 'off', 'loadbalancer.lbex/upload-rate': '10m'},
      {'loadbalancer.lbex/connect-timeout': '1m30s', 'loadbalancer.lbex/max-fails': '0'},
      {'loadbalancer.lbex/health-check-path': '/healthz'},
      {'loadbalancer.lbex/hosts': 'api.example.com, *.Example.org,*', 'loadbalancer.lbex/hosts.http': 'a'},
      {'loadbalancer.lbex/shared-listener': 'shop', 'loadbalancer.lbex/weight': '1000'},
    ])
      assert.ok(accepts(annotations), JSON.stringify(annotations))
  })

  it('refuses what lbex reports', () => {
    for (const annotations of [
      {'loadbalancer-port.lbex/http': 8080},
      {'loadbalancer-port.lbex/http': '65536'},
      {'loadbalancer-port.lbex/http': '0'},
      {'loadbalancer-port.lbex/http': ' 80'},
      {'loadbalancer-port.lbex/http': '80-'},
      {'loadbalancer-port.lbex/http': '80-65536'},
      {'loadbalancer.lbex/algorithm': 'leastconn'},
      {'loadbalancer.lbex/algoritm': 'least_conn'},
      {'loadbalancer.lbex/algorithm.http': 'leastconn'},
      {'loadbalancer.lbex/hosts': ''},
      {'loadbalancer.lbex/hosts': 'a_b.example'},
      {'loadbalancer.lbex/hosts': 'a.*.example'},
      {'loadbalancer.lbex/hosts': 'example.com.'},
      {'loadbalancer.lbex/shared-listener': ''},
      {'loadbalancer.lbex/weight': '-1'},
      {'loadbalancer.lbex/node-set.http': 'all'},
      {'loadbalancer.lbex/accept-proxy-protocol': 'on'},
      {'loadbalancer.lbex/source-ranges': 'off'},
      {'loadbalancer.lbex/idle-timeout': '30'},
      {'loadbalancer.lbex/tries': '-1'},
      {'loadbalancer.lbex/tries': 'off'},
      {'loadbalancer.lbex/download-rate': '10Mi'},
      {'loadbalancer.lbex/passthrough': 'yes'},
      {'loadbalancer.lbex/resolver': 'dns.example.com'},
      {'loadbalancer.lbex/service-pool': 'a b'},
      {'other.lbex/key': 'x'},
      {'example.com/number': 1},
    ])
      assert.ok(!accepts(annotations), JSON.stringify(annotations))
  })

  it('says nothing of other kinds', () => assert.ok(accepts({'loadbalancer.lbex/x': 1}, 'Pod')))

  it('describes every annotation', () => {
    const text = JSON.stringify(annotationsSchema())
    for (const {description} of ANNOTATION_ENTRIES)
      assert.ok(text.includes(JSON.stringify(description).slice(1, -1)))
  })
})
