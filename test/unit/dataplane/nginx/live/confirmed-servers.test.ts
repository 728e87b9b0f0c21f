import assert from 'node:assert/strict'
import {withConfirmedServers} from '../../../../../src/dataplane/nginx/live/confirmed-servers.js'
import {formatEntry} from '../../../../../src/dataplane/nginx/live/entry.js'

const upstream = (name: string, ...lines: string[]): string =>
  [`upstream ${name} {`, ...lines.map((line) => `    ${line};`), '}'].join('\n')
const text = (...parts: string[]): string => ['# Service shop/web', ...parts, 'server {', '}', ''].join('\n')
const entry = (...servers: [address: string, weight: number][]): string =>
  formatEntry(servers.map(([address, weight]) => ({address, weight, port: 80}))) ?? ''

describe('withConfirmedServers', () => {
  const other = upstream('other', 'server 10.0.0.9:80')

  it('replaces the servers of an upstream, and keeps its other lines and the parameters of its servers', () => {
    const before = upstream(
      'web',
      'zone web 64k',
      'least_conn',
      'server 10.0.0.1:80 weight=3 max_fails=2 fail_timeout=5s',
      'server 10.0.0.2:80 max_fails=2 fail_timeout=5s',
    )
    const after = upstream(
      'web',
      'zone web 64k',
      'least_conn',
      'server 10.0.0.2:80 weight=2 max_fails=2 fail_timeout=5s',
      'server [2001:db8::1]:80 max_fails=2 fail_timeout=5s',
    )
    const entries = new Map([['web', entry(['10.0.0.2', 2], ['2001:db8::1', 1])]])
    assert.equal(withConfirmedServers(text(before, other), entries), text(after, other))
  })

  it('keeps an upstream without servers in a form that NGINX accepts, and that refuses clients', () => {
    const before = upstream('web', 'server 10.0.0.1:80')
    const after = upstream('web', 'server 127.0.0.1:1 down')
    assert.equal(withConfirmedServers(text(before), new Map([['web', entry()]])), text(after))
  })

  it('changes nothing without an entry', () => {
    assert.equal(withConfirmedServers(text(other), new Map([['web', entry()]])), text(other))
  })

  it('does not accept an entry that is not valid', () => {
    assert.equal(withConfirmedServers(text(other), new Map([['other', '9:a 80; bad']])), undefined)
  })
})
