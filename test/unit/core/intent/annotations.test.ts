import assert from 'node:assert/strict'
import type {AnnotationEntry} from '../../../../src/core/intent/annotation-entry.js'
import {ANNOTATION_ENTRIES, ANNOTATIONS} from '../../../../src/core/intent/annotations.js'

/** The table of the README of lbex 1.x, and the alias that its examples and flag help use. */
const ORIGINAL: Record<string, {values?: readonly string[]; fallback?: string}> = {
  'kubernetes.io/loadbalancer-class': {values: ['loadbalancer-lbex']},
  'loadbalancer-port.lbex/': {},
  'loadbalancer.lbex/port': {},
  'loadbalancer.lbex/address-pool': {},
  'loadbalancer.lbex/address-sharing': {},
  'loadbalancer.lbex/passthrough': {values: ['true', 'false'], fallback: 'false'},
  'loadbalancer.lbex/algorithm': {
    // The last two are new.
    values: ['round_robin', 'least_conn', 'least_time', 'random', 'hash'],
    fallback: 'round_robin',
  },
  'loadbalancer.lbex/method': {
    values: [
      'connect',
      'first_byte',
      'last_byte',
      'connect inflight',
      'first_byte inflight',
      'last_byte inflight',
    ],
    fallback: 'connect',
  },
  'loadbalancer.lbex/resolver': {},
  'loadbalancer.lbex/upstream-type': {values: ['node', 'pod', 'cluster-ip'], fallback: 'node'},
  'loadbalancer.lbex/node-set': {values: ['host', 'all'], fallback: 'host'},
  'loadbalancer.lbex/node-address-type': {values: ['internal', 'external'], fallback: 'internal'},
  'loadbalancer.lbex/service-pool': {},
  'loadbalancer.lbex/source-ranges': {},
  'loadbalancer.lbex/listen-address': {},
}

/** The settings that lbex 1.x did not have. */
const SETTINGS: typeof ORIGINAL = {
  'loadbalancer.lbex/proxy-protocol': {values: ['off', 'v1', 'v2'], fallback: 'off'},
  'loadbalancer.lbex/accept-proxy-protocol': {fallback: 'off'},
  'loadbalancer.lbex/hash-key': {values: ['client-ip', 'client-ip-port'], fallback: 'client-ip'},
  'loadbalancer.lbex/udp-requests': {},
  'loadbalancer.lbex/udp-responses': {},
  'loadbalancer.lbex/connect-timeout': {fallback: '2s'},
  'loadbalancer.lbex/idle-timeout': {},
  'loadbalancer.lbex/max-fails': {fallback: '1'},
  'loadbalancer.lbex/health-check': {values: ['off', 'tcp', 'http', 'udp'], fallback: 'off'},
  'loadbalancer.lbex/health-check-port': {},
  'loadbalancer.lbex/health-check-path': {fallback: '/'},
  'loadbalancer.lbex/health-check-host': {},
  'loadbalancer.lbex/health-check-expect': {},
  'loadbalancer.lbex/health-check-send': {},
  'loadbalancer.lbex/health-check-interval': {fallback: '5s'},
  'loadbalancer.lbex/health-check-timeout': {fallback: '2s'},
  'loadbalancer.lbex/health-check-rise': {fallback: '2'},
  'loadbalancer.lbex/health-check-fall': {fallback: '3'},
  'loadbalancer.lbex/fail-timeout': {fallback: '10s'},
  'loadbalancer.lbex/tries': {},
  'loadbalancer.lbex/max-connections': {fallback: 'off'},
  'loadbalancer.lbex/drain-timeout': {fallback: '0'},
  'loadbalancer.lbex/connections': {fallback: 'off'},
  'loadbalancer.lbex/connections-per-client': {fallback: 'off'},
  'loadbalancer.lbex/upload-rate': {fallback: 'off'},
  'loadbalancer.lbex/download-rate': {fallback: 'off'},
}

const NEWER: typeof ORIGINAL = {
  'loadbalancer.lbex/hosts': {},
  'loadbalancer.lbex/shared-listener': {},
  'loadbalancer.lbex/tls-secret': {},
  'loadbalancer.lbex/tls-min-version': {values: ['1.2', '1.3'], fallback: '1.2'},
  'loadbalancer.lbex/tls-client-ca-secret': {},
  'loadbalancer.lbex/tls-to-backend': {fallback: 'off'},
  'loadbalancer.lbex/weight': {fallback: '1'},
  'check.lbex/ignore': {},
}

describe('the annotation table', () => {
  it('has every annotation of lbex 1.x with its values and defaults, and the newer ones', () => {
    const entries: readonly AnnotationEntry[] = ANNOTATION_ENTRIES
    const table = entries.map(({key, values, fallback}) => [
      key,
      {...(values.length > 0 && {values}), ...(fallback !== undefined && {fallback})},
    ])
    assert.deepEqual(Object.fromEntries(table), {...ORIGINAL, ...SETTINGS, ...NEWER})
  })

  it('documents each of them in sentences', () => {
    for (const {key, form, description} of ANNOTATION_ENTRIES) {
      assert.ok(form.length > 0, key)
      assert.match(description, /^[A-Z].*\.$/, key)
    }
  })

  it('has only defaults from the fixed set of values, and a replacement for a deprecated key', () => {
    for (const {key, values, fallback} of ANNOTATION_ENTRIES)
      assert.ok(fallback === undefined || values.length === 0 || values.includes(fallback), key)
    assert.equal(ANNOTATIONS.portAlias.deprecatedFor, 'loadbalancer-port.lbex/PORT-NAME')
  })
})
