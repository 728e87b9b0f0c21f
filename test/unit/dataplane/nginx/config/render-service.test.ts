import assert from 'node:assert/strict'
import {contentHash} from '../../../../../src/core/model/content-hash.js'
import {listenerId} from '../../../../../src/core/model/listener-key.js'
import type {Listener, Route, ServedService, Upstream} from '../../../../../src/core/model/load-balancer.js'
import {RefusedValue} from '../../../../../src/dataplane/nginx/config/output-guard.js'
import {renderService, renderShared} from '../../../../../src/dataplane/nginx/config/render-service.js'
import {parseTemplate, UnsafeOutput} from '../../../../../src/dataplane/nginx/config/template.js'
import {aRoute, TEMPLATES, listenerSettings} from '../../../../support/builders.js'

const template = parseTemplate('service.conf.liquid', TEMPLATES.service)

const upstream = (overrides: Partial<Upstream> = {}): Upstream => ({
  name: '0123456789ab_8080_tcp_ipv4',
  settings: {balancing: {algorithm: 'round_robin'}},
  servers: [{address: '10.0.0.1', port: 30_080, weight: 1, down: false}],
  unknown: [],
  absent: [],
  ...overrides,
})
const route = (overrides: Partial<Route> = {}): Route =>
  aRoute({portName: 'http', upstreams: [{name: '0123456789ab_8080_tcp_ipv4', weight: 1}], ...overrides})
const listener = (overrides: Partial<Listener> = {}): Listener => ({
  key: {address: '0.0.0.0', port: 8080, protocol: 'TCP'},
  routes: [route()],
  settings: listenerSettings(),
  ...overrides,
})
const service = (overrides: Partial<ServedService> = {}): ServedService => ({
  ref: {kind: 'Service', namespace: 'default', name: 'web'},
  id: '0123456789ab',
  listeners: [listener()],
  upstreams: [upstream()],
  ...overrides,
})
const text = (overrides: Partial<ServedService>): string => renderService(service(overrides), template).text

describe('renderService', () => {
  it('writes a readable file', () => {
    const served = service()
    const file = renderService(served, template)
    assert.deepEqual(file, {
      path: file.path,
      owners: [served.ref],
      listeners: [{address: '0.0.0.0', port: 8080, protocol: 'TCP'}],
      text: `# Service default/web
upstream 0123456789ab_8080_tcp_ipv4 {
    server 10.0.0.1:30080;
}

# Service port 80, http
server {
    listen 0.0.0.0:8080 backlog=4096 so_keepalive=on;
    proxy_pass 0123456789ab_8080_tcp_ipv4;
}
`,
    })
    assert.match(file.path, /^services\/default_web-[0-9a-f]{12}\.conf$/)
  })

  it('names the Service in the access log', () => {
    const {text: logged} = renderService(service(), template, {accessLog: {port: 7333}})
    assert.match(logged, /^ {4}set \$lbex_owner 0123456789ab;$/m)
    assert.doesNotMatch(logged, /access_log|log_format/)
    assert.doesNotMatch(text({}), /lbex_owner/)
  })

  it('logs the upstream of a listener that several Services share', () => {
    const {key} = listener()
    const shared = (routes: readonly Route[]): string => {
      const value = {owners: [service()], listener: listener({routes}), upstreams: [upstream()]}
      return renderShared(value, template, {accessLog: {port: 7333}}).text
    }
    const id = contentHash(listenerId(key))
    const single = shared([route()])
    assert.ok(single.includes(`log_format lbex_${id} "$lbex_log_key|0123456789ab_8080_tcp_ipv4|$protocol|`))
    assert.ok(
      single.includes(
        `    access_log syslog:server=127.0.0.1:7333,nohostname,tag=lbex lbex_${id};\n    proxy_pass`,
      ),
    )
    assert.doesNotMatch(single, /set \$lbex_owner/)
    const [first, second] = [route(), route({upstreams: [{name: '0123456789ac_8080_tcp_ipv4', weight: 1}]})]
    assert.ok(shared([first, second]).includes(`"$lbex_log_key|$lbex_${id}_0|$protocol|`))
  })

  it('gives UDP listeners a socket for each worker, and a short timeout', () => {
    const udp = listener({key: {address: '::', port: 53, protocol: 'UDP'}, routes: [route({portName: ''})]})
    assert.match(
      text({listeners: [udp]}),
      /\n# Service port 80\nserver {\n {4}listen \[::\]:53 udp reuseport;\n {4}proxy_timeout 30s;\n/,
    )
  })

  it('writes each algorithm', () => {
    const heads = (['round_robin', 'least_conn', 'client_ip'] as const).map(
      (algorithm) => text({upstreams: [upstream({settings: {balancing: {algorithm}}})]}).split('\n')[2],
    )
    assert.deepEqual(heads, [
      '    server 10.0.0.1:30080;',
      '    least_conn;',
      '    hash $remote_addr consistent;',
    ])
    const times = (['connect', 'last_byte inflight'] as const).map(
      (method) =>
        text({upstreams: [upstream({settings: {balancing: {algorithm: 'least_time', method}}})]}).split(
          '\n',
        )[2],
    )
    assert.deepEqual(times, ['    least_time connect;', '    least_time last_byte inflight;'])
  })

  it('writes weights, servers that are down, and IPv6 addresses in brackets', () => {
    const servers = [
      {address: 'fd00::1', port: 80, weight: 1, down: false},
      {address: '10.0.0.2', port: 80, weight: 3, down: true},
    ]
    assert.match(
      text({upstreams: [upstream({servers})]}),
      /\n {4}server \[fd00::1\]:80;\n {4}server 10\.0\.0\.2:80 weight=3 down;\n}/,
    )
  })

  it('puts resolver and passthrough into the server block of this Service', () => {
    assert.match(
      text({listeners: [listener({settings: listenerSettings({resolver: 'fd00::53', transparent: true})})]}),
      /\n {4}resolver \[fd00::53\];\n {4}proxy_bind \$remote_addr transparent;\n {4}proxy_pass /,
    )
  })

  it('gives only trusted senders the upstream, also if a variable has its name', () => {
    const settings = listenerSettings({trustedSenders: ['10.0.0.0/8']})
    const named = route({match: {type: 'sni', name: 'a.example'}})
    assert.match(
      text({listeners: [listener({settings})]}),
      /\ngeo \$realip_remote_addr \$(lbex_\w+_target) \{\n {4}default "";\n {4}10\.0\.0\.0\/8 0123456789ab_8080_tcp_ipv4;\n\}\n[^]* {4}proxy_pass \$\1;/,
    )
    assert.match(
      text({listeners: [listener({settings, routes: [named, route()]})]}),
      /\nmap \$(lbex_\w+)_trusted \$\1_target \{\n {4}default "";\n {4}1 \$\1;\n\}\n[^]* {4}proxy_pass \$\1_target;/,
    )
  })

  it('comments on what only a cluster knows, and why a backend is absent', () => {
    const lines = text({
      upstreams: [
        upstream({unknown: ['the node port', 'the nodes'], absent: [{what: 'node a', why: 'not Ready'}]}),
      ],
    }).split('\n')
    assert.deepEqual(lines.slice(1, 3), [
      '# Unknown without a cluster: the node port, the nodes. The server below is a placeholder, marked down.',
      '# Skipped when this was written: node a (not Ready)',
    ])
  })

  it('has the same path for the same content', () => {
    const path = (overrides: Partial<ServedService>) => renderService(service(overrides), template).path
    assert.equal(path({upstreams: [upstream({absent: [{what: 'node a', why: 'x'}]})]}), path({}))
    assert.notEqual(
      path({
        listeners: [listener({routes: [route({servicePort: 81, upstreams: [{name: 'other', weight: 1}]})]})],
      }),
      path({}),
    )
  })

  it('has different files for `a-b/c` and `a/b-c`', () => {
    const path = (namespace: string, name: string) =>
      renderService(service({ref: {kind: 'Service', namespace, name}}), template).path
    assert.deepEqual(
      [path('a-b', 'c'), path('a', 'b-c')].map((each) => each.slice(9, 15)),
      ['a-b_c-', 'a_b-c-'],
    )
  })
})

describe('a value that cannot be written', () => {
  const named = (namespace: string, name: string) => service({ref: {kind: 'Service', namespace, name}})

  it('is a name that leads out of the folder or is not a file name', () => {
    for (const [namespace, name] of [
      ['..', '../x'],
      ['a/b', 'c'],
      ['a', 'b c'],
      ['a', 'ä'],
      ['a', 'b\n'],
      ['a', '$x'],
    ] as const)
      assert.throws(() => renderService(named(namespace, name), template), RefusedValue, name)
  })

  it('is a value that the model should never contain', () => {
    for (const overrides of [
      {settings: listenerSettings({resolver: '10.0.0.1; evil'})},
      {routes: [route({upstreams: [{name: 'a b', weight: 1}]})]},
      {key: {address: 'x y', port: 1, protocol: 'TCP'}},
      {key: {address: 'x', port: 1.5, protocol: 'TCP'}},
    ] as const)
      assert.throws(() => renderService(service({listeners: [listener(overrides)]}), template), UnsafeOutput)
  })

  it('is not text in comments, which is made safe', () => {
    const odd = text({
      listeners: [listener({routes: [route({portName: 'a\n}; evil'})]})],
      upstreams: [upstream({absent: [{what: 'node \nx', why: '{'}]})],
    })
    assert.match(odd, /\n# Service port 80, a\?}; evil\nserver {\n/)
    assert.match(odd, /\n# Skipped when this was written: node \?x \({\)\nupstream /)
  })
})
