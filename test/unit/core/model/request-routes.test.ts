import assert from 'node:assert/strict'
import {routeRequester} from '../../../../src/core/model/request-routes.js'
import {readIntent} from '../../../../src/core/intent/intent.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService, options} from '../../../support/builders.js'
import {codes} from '../../../support/outline.js'

/** How many routes each port requests with so many names and listeners, and the codes of diagnostics. */
function request(hosts: readonly string[] | undefined, listeners: number) {
  const service = aService()
    .annotated(hosts ? {hosts: hosts.join()} : {})
    .port('a', 443, {listen: 443})
    .port('b', 444, {listen: 444})
    .build()
  const diagnostics: Diagnostic[] = []
  const routesOf = routeRequester(reporter(service, diagnostics))
  const {intent} = readIntent(service, options())
  const routes = intent?.ports.map((port) => routesOf(port, listeners)) ?? []
  return [routes.map(([first, ...more]) => [first, more.length]), codes(diagnostics)]
}

describe('routeRequester', () => {
  it('requests all traffic for a port without names', () => {
    const all = [{type: 'all'}, 0]
    assert.deepEqual(request(undefined, 2), [[all, all], []])
  })

  it('requests a route for each name', () => {
    const both = [{type: 'sni', name: 'x.example'}, 1]
    assert.deepEqual(request(['x.example', '*'], 2), [[both, both], []])
  })

  it('counts names for each listen address, and does not expose ports above the limit', () => {
    const names = Array.from({length: 2500}, (_, index) => `h${index}.example`)
    const [first, second] = [{type: 'sni', name: 'h0.example'}, undefined]
    assert.deepEqual(request(names, 2), [
      [
        [first, 2499],
        [first, 2499],
      ],
      [],
    ])
    assert.deepEqual(request(names, 3), [
      [
        [first, 2499],
        [second, 0],
      ],
      ['hosts-over-limit'],
    ])
  })
})
