import assert from 'node:assert/strict'
import type {Listener, Route} from '../../../../../src/core/model/load-balancer.js'
import type {SecretFile} from '../../../../../src/core/model/tls-files.js'
import {listenerViews} from '../../../../../src/dataplane/nginx/config/listener-view.js'
import {tlsBlocks} from '../../../../../src/dataplane/nginx/config/tls-blocks.js'
import {aRoute, listenerSettings} from '../../../../support/builders.js'

const file = (name: string): SecretFile => ({
  path: `tls/${name}.pem`,
  secret: {kind: 'Secret', namespace: 'default', name},
})
const route = (name: string, tls?: Route['tls']): Route =>
  aRoute({match: {type: 'sni', name}, upstreams: [{name: 'u', weight: 1}], ...(tls && {tls})})
const terminated = (name: string, certificate: string): Route =>
  route(name, {files: {certificate: file(certificate)}})
const listenerOf = (...routes: readonly Route[]): Listener => ({
  key: {address: '0.0.0.0', port: 443, protocol: 'TCP'},
  settings: {...listenerSettings(), tlsToBackend: {name: 'first.default.svc'}},
  routes,
})
const outline = (...routes: readonly Route[]) =>
  tlsBlocks(listenerOf(...routes)).map(({names, isDefault, rejects, listener}) => ({
    names,
    certificate: listener.tls?.certificate?.secret.name,
    ...(isDefault && {isDefault}),
    ...(rejects && {rejects}),
  }))

describe('tlsBlocks', () => {
  it('is empty if all routes have the TLS of the listener', () => {
    assert.deepEqual(outline(route('a'), route('b')), [])
  })

  it('has a block for each certificate, and refuses other names by default', () => {
    assert.deepEqual(outline(terminated('a', 'x'), terminated('b', 'y'), terminated('c', 'x')), [
      {names: [], certificate: undefined, isDefault: true, rejects: true},
      {names: ['a', 'c'], certificate: 'x'},
      {names: ['b'], certificate: 'y'},
    ])
  })

  it('serves other names with the certificate of "*"', () => {
    assert.deepEqual(outline(terminated('a', 'x'), terminated('b', 'y'), terminated('*', 'y')), [
      {names: ['b'], certificate: 'y', isDefault: true},
      {names: ['a'], certificate: 'x'},
    ])
  })

  it('refuses names without a certificate, also if another Service has all other names', () => {
    assert.deepEqual(outline(terminated('a', 'x'), route('b'), terminated('*', 'y')), [
      {names: [], certificate: 'y', isDefault: true},
      {names: ['a'], certificate: 'x'},
      {names: ['b'], certificate: undefined, rejects: true},
    ])
    assert.deepEqual(outline(terminated('a', 'x'), terminated('b', 'y'), route('*')), [
      {names: [], certificate: undefined, isDefault: true, rejects: true},
      {names: ['a'], certificate: 'x'},
      {names: ['b'], certificate: 'y'},
    ])
  })

  it('gives each block the TLS to its own servers', () => {
    const toBackend = {name: 'second.default.svc'}
    const blocks = tlsBlocks(
      listenerOf(terminated('a', 'x'), route('b', {files: {certificate: file('x')}, toBackend})),
    )
    assert.deepEqual(
      blocks.map(({listener}) => listener.settings.tlsToBackend),
      [undefined, undefined, toBackend],
    )
  })
})

describe('listenerViews', () => {
  it('has one view for a listener with one certificate', () => {
    assert.equal(listenerViews(listenerOf(route('a')), []).length, 1)
  })

  it('has the options of the socket in the first block, and different names in each', () => {
    const log = {port: 7333, owner: false, format: 'lbex_0'} as const
    const listener = listenerOf(terminated('*.a', 'x'), terminated('b', 'y'))
    const views = listenerViews(listener, [], {log}) as {block: object; log: object; map: object}[]
    const block = {is_default: false, is_repeated: true, rejects: false, has_verification: false}
    assert.deepEqual(
      views.map((view) => view.block),
      [
        {...block, suffix: '_tls0', names: [], is_default: true, is_repeated: false, rejects: true},
        {...block, suffix: '_tls1', names: [{name: 'a', wildcard: true, reserved: false}]},
        {...block, suffix: '_tls2', names: [{name: 'b', wildcard: false, reserved: false}]},
      ],
    )
    assert.deepEqual(
      views.map((view) => view.log),
      [0, 1, 2].map((index) => ({port: 7333, owner: false, format: `lbex_0_tls${index}`})),
    )
    assert.deepEqual(views[0]?.map, {variable: `${variableOf(views[1]?.map)}_tls0`, entries: []})
  })

  it('resumes no session if one of the blocks verifies clients', () => {
    const files = {certificate: file('x'), clientAuthorities: file('ca')}
    const views = listenerViews(listenerOf(terminated('a', 'x'), route('b', {files})), [])
    assert.deepEqual(
      (views as {block: {has_verification: boolean}}[]).map(({block}) => block.has_verification),
      [true, true, true],
    )
  })
})

/** `lbex_HASH` of the map of a block. */
function variableOf(map: unknown): string {
  return (map as {variable: string}).variable.replace(/_tls\d+$/, '')
}
