import assert from 'node:assert/strict'
import type {HealthCheck} from '../../../../src/core/intent/health-check.js'
import {readHealthCheck} from '../../../../src/core/intent/read-health-check.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'

/** The check without its id, and the messages. */
function read(annotations: Readonly<Record<string, string>>) {
  const found: Diagnostic[] = []
  const service = aService().annotated(annotations).build()
  const {id: _, ...check}: Partial<HealthCheck> = readHealthCheck(service, reporter(service, found)) ?? {}
  return {check, messages: found.map(({code, message}) => `${code}: ${message}`)}
}

const DEFAULTS = {path: '/', interval: 5000, timeout: 2000, rise: 2, fall: 3}

describe('the health check of a Service', () => {
  it('is off by default', () => {
    assert.deepEqual(read({}), {check: {}, messages: []})
    assert.deepEqual(read({'health-check': 'off'}), {check: {}, messages: []})
  })

  it('has defaults', () => {
    assert.deepEqual(read({'health-check': 'tcp'}), {check: {type: 'tcp', ...DEFAULTS}, messages: []})
  })

  it('sends the header that the backends expect, but not to another port', () => {
    const headerOf = (port: Readonly<Record<string, string>>) =>
      read({'health-check': 'tcp', 'proxy-protocol': 'v1', ...port}).check.proxyHeader
    assert.equal(headerOf({}), 'v1')
    assert.equal(headerOf({'health-check-port': '9000'}), undefined)
    assert.equal(headerOf({'health-check-port': 'admin'}), 'v1')
  })

  it('reads every setting', () => {
    const numbers = {port: '10256', interval: '10s', timeout: '500ms', rise: '1', fall: '5'}
    const http = {path: '/healthz', host: 'shop.example.com', expect: '2xx,404'}
    const {check, messages} = read({
      'health-check': 'http',
      ...Object.fromEntries(
        Object.entries({...numbers, ...http}).map(([name, value]) => [`health-check-${name}`, value]),
      ),
    })
    const statuses = [
      {from: 200, to: 299},
      {from: 404, to: 404},
    ]
    assert.deepEqual(messages, [])
    assert.deepEqual(check, {
      ...{type: 'http', port: 10_256, interval: 10_000, timeout: 500, rise: 1, fall: 5},
      ...{path: '/healthz', host: 'shop.example.com', expect: {type: 'status', statuses}},
    })
  })

  it('has a timeout of at most the interval, and reports only one that the Service sets', () => {
    const timeoutOf = (settings: Record<string, string>) => {
      const {check, messages} = read({'health-check': 'tcp', ...settings})
      return [(check as {timeout: number}).timeout, messages.length]
    }
    assert.deepEqual(timeoutOf({'health-check-interval': '1s'}), [1000, 0])
    assert.deepEqual(timeoutOf({'health-check-interval': '1s', 'health-check-timeout': '1s'}), [1000, 0])
    assert.deepEqual(timeoutOf({'health-check-interval': '1s', 'health-check-timeout': '2s'}), [1000, 1])
    assert.deepEqual(timeoutOf({'health-check-timeout': '10s'}), [5000, 1])
  })

  it('takes a number in the response of TCP and UDP for a text', () => {
    const {check} = read({
      'health-check': 'tcp',
      'health-check-send': String.raw`PING\r\n`,
      'health-check-expect': '200',
    })
    assert.deepEqual(check, {
      ...{type: 'tcp', ...DEFAULTS, send: 'PING\r\n'},
      expect: {type: 'text', text: '200'},
    })
  })

  it('reports invalid values, and uses the defaults', () => {
    const {check, messages} = read({
      'health-check': 'http',
      'health-check-path': 'healthz',
      'health-check-interval': '0',
    })
    assert.deepEqual(check, {type: 'http', ...DEFAULTS})
    assert.deepEqual(
      messages.map((message) => message.split(' is not ')[0]),
      ['setting-invalid: "0"', 'setting-invalid: "healthz"'],
    )
    assert.deepEqual(read({'health-check': 'tpc'}).check, {})
  })

  it('reports settings without effect', () => {
    const {messages} = read({'health-check-path': '/', 'health-check-send': 'a'})
    assert.deepEqual(messages, [
      'setting-unused: loadbalancer.lbex/health-check-path has no effect: health-check is off',
      'setting-unused: loadbalancer.lbex/health-check-send has no effect: health-check is off',
    ])
    const tcp = read({'health-check': 'tcp', 'health-check-host': 'a'})
    assert.deepEqual(tcp.messages, [
      'setting-unused: loadbalancer.lbex/health-check-host has no effect: health-check is tcp',
    ])
  })

  it('reports checks that find little', () => {
    const {messages} = read({'health-check': 'udp', 'health-check-timeout': '10s'})
    assert.deepEqual(messages, [
      'health-check-weak: the health check finds less than it seems to: without an expected text, a UDP check finds only closed ports',
      'health-check-weak: the health check finds less than it seems to: a probe ends after the interval, which is shorter than the timeout',
    ])
  })

  it('has equal ids for equal checks only', () => {
    const idOf = (annotations: Record<string, string>): string | undefined => {
      const service = aService().annotated(annotations).build()
      return readHealthCheck(service, () => {})?.id
    }
    const [a, b] = [
      {'health-check': 'tcp', 'health-check-rise': '2'},
      {'health-check': 'tcp', 'health-check-rise': '3'},
    ]
    assert.equal(idOf({'health-check': 'tcp'}), idOf(a))
    assert.notEqual(idOf(a), idOf(b))
  })
})
