/** No object of the cluster can add a directive, or a parameter of a directive, that is not in the templates. */
import assert from 'node:assert/strict'
import {isIP, isIPv4, isIPv6} from 'node:net'
import fc from 'fast-check'
import type {NginxFile} from '../../src/dataplane/nginx-file.js'
import {translate} from '../support/translate.js'
import {aService, aSnapshot, NOTHING_KNOWN, options} from '../support/builders.js'
import {readDirectives, type Directive} from '../support/nginx-syntax.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {check} from './check.js'
import {someOptions} from './clusters.js'
import {wildCluster} from './wild.js'

const UPSTREAM = /^[0-9a-f]{12}_\d{1,5}_(tcp|udp)_ipv[46](_\d{1,5})?(_[0-9a-f]{12})?$/
const VARIABLE = /^\$lbex_[0-9a-f]{12}(_tls\d+)?(_trusted|_target|_\d+(_clients|_allowed)?)?$/
const HOST = /^((\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*|\\(default|hostnames|include|volatile))$/
const isTarget = (text = ''): boolean => text === '' || UPSTREAM.test(text) || VARIABLE.test(text)
const isGeoValue = (text: string): boolean => text === '1' || UPSTREAM.test(text)
const METHODS = ['connect', 'first_byte', 'last_byte']

type Rule = (parameters: readonly string[]) => boolean

/** Every directive of templates/service.conf.liquid with its allowed parameters. */
const ALLOWED: Readonly<Record<string, Rule>> = {
  upstream: ([name = '', ...more]) => UPSTREAM.test(name) && more.length === 0,
  'upstream/zone': ([name = '', size = '', ...more]) =>
    UPSTREAM.test(name) && /^\d{1,6}k$/.test(size) && more.length === 0,
  limit_conn_zone: ([key = '', zone = '', ...more]) =>
    ['$protocol', '$binary_remote_addr'].includes(key) && ZONE.test(zone) && more.length === 0,
  'server/limit_conn': ([zone = '', count = '', ...more]) =>
    ZONE.test(`zone=${zone}:32k`) && /^\d{1,7}$/.test(count) && more.length === 0,
  'upstream/random': (parameters) => parameters.length === 0,
  'server/proxy_requests': (parameters) => /^\d{1,7}$/.test(parameters.join()),
  'server/proxy_responses': (parameters) => /^\d{1,7}$/.test(parameters.join()),
  'server/proxy_upload_rate': (parameters) => /^\d{1,11}$/.test(parameters.join()),
  'server/proxy_download_rate': (parameters) => /^\d{1,11}$/.test(parameters.join()),
  'upstream/least_conn': (parameters) => parameters.length === 0,
  'upstream/least_time': ([method = '', ...more]) =>
    METHODS.includes(method) && ['', 'inflight'].includes(more.join()),
  'upstream/hash': (parameters) => HASHES.includes(parameters.join(' ')),
  'upstream/server': ([address = '', ...more]) =>
    isSocket(address) && more.every((parameter) => SERVER_PARAMETER.test(parameter)),
  server: (parameters) => parameters.length === 0,
  'server/listen': ([address = '', ...more]) => isSocket(address) && LISTEN.includes(more.join(' ')),
  'server/allow': ([range = '', ...more]) => isRange(range) && more.length === 0,
  'server/set_real_ip_from': ([range = '', ...more]) => isRange(range) && more.length === 0,
  'server/proxy_protocol': (parameters) => ['on', 'v2'].includes(parameters.join()),
  'server/deny': (parameters) => parameters.join() === 'all',
  'server/proxy_timeout': (parameters) => /^(30s|\d{4,9}ms)$/.test(parameters.join()),
  'server/proxy_connect_timeout': (parameters) => /^\d{1,6}ms$/.test(parameters.join()),
  'server/proxy_next_upstream_tries': (parameters) => /^\d{1,3}$/.test(parameters.join()),
  'server/resolver': ([address = '', ...more]) =>
    isIP(address.replace(/^\[(.*)\]$/, '$1')) !== 0 && more.length === 0,
  'server/proxy_bind': (parameters) => parameters.join(' ') === '$remote_addr transparent',
  'server/set': ([variable, name = '', ...more]) =>
    (variable === '$lbex_owner' ? /^[0-9a-f]{12}$/ : UPSTREAM).test(name) &&
    ['$lbex_upstream', '$lbex_owner'].includes(variable ?? '') &&
    more.length === 0,
  'server/access_log': ([target = '', format = '', ...more]) =>
    target === 'syslog:server=127.0.0.1:7333,nohostname,tag=lbex' && FORMAT.test(format) && more.length === 0,
  log_format: ([name = '', fields = '', ...more]) => {
    const [key, target, ...others] = fields.split('|')
    const isRight = key === '$lbex_log_key' && target !== '' && isTarget(target)
    return FORMAT.test(name) && isRight && LOGGED.test(others.join('|')) && more.length === 0
  },
  'server/proxy_pass': ([name = '', ...more]) =>
    name !== '' && (isTarget(name) || name === '$lbex_target') && more.length === 0,
  'server/server_name': ([name = '', ...more]) => HOST.test(name) && more.length === 0,
  'server/ssl_reject_handshake': (parameters) => parameters.join(' ') === 'on',
  'server/ssl_certificate': (parameters) => TLS_FILE.test(parameters.join(' ')),
  'server/ssl_certificate_key': (parameters) => TLS_FILE.test(parameters.join(' ')),
  'server/ssl_client_certificate': (parameters) => TLS_FILE.test(parameters.join(' ')),
  'server/ssl_verify_client': (parameters) => parameters.join(' ') === 'on',
  'server/ssl_verify_depth': (parameters) => parameters.join(' ') === '4',
  'server/ssl_session_cache': (parameters) => parameters.join(' ') === 'off',
  'server/ssl_protocols': (parameters) => parameters.join(' ') === 'TLSv1.3',
  'server/proxy_ssl': (parameters) => parameters.join(' ') === 'on',
  'server/proxy_ssl_name': (parameters) => /^[a-z0-9-]+\.[a-z0-9-]+\.svc$/.test(parameters.join(' ')),
  'server/proxy_ssl_server_name': (parameters) => parameters.join(' ') === 'on',
  'server/proxy_ssl_trusted_certificate': (parameters) => TLS_FILE.test(parameters.join(' ')),
  'server/proxy_ssl_verify': (parameters) => parameters.join(' ') === 'on',
  'server/proxy_ssl_verify_depth': (parameters) => parameters.join(' ') === '4',
  'server/ssl_preread': (parameters) => parameters.join() === 'on',
  'server/preread_buffer_size': (parameters) => parameters.join() === '20k',
  split_clients: ([key = '', name = '', ...more]) =>
    key === '$remote_addr:$remote_port' && VARIABLE.test(name) && more.length === 0,
  'split_clients/*': ([share = '', target, ...more]) =>
    /^(\d{1,2}\.\d\d%|\*)$/.test(share) && isTarget(target) && more.length === 0,
  geo: (parameters) => GEO.test(parameters.join(' ')),
  'geo/*': ([range = '', value = '', ...more]) =>
    (range === 'default' ? ['', '0'].includes(value) : isRange(range) && isGeoValue(value)) &&
    more.length === 0,
  map: (parameters) => MAP.test(parameters.join(' ')),
  'map/*': ([name = '', target, ...more]) =>
    (name === 'hostnames' && target === undefined) ||
    (HOST.test(name) && isTarget(target) && more.length === 0),
}

const GEO =
  /^(\$realip_remote_addr \$lbex_[0-9a-f]{12}(_tls\d+)?_(trusted|target)|\$lbex_[0-9a-f]{12}(_tls\d+)?_\d+_(clients|allowed))$/

const MAP =
  /^(\$ssl_(?:preread_)?server_name \$lbex_[0-9a-f]{12}(?:_tls\d+)?|\$(lbex_[0-9a-f]{12}(?:_tls\d+)?)(_trusted \$\2_target|(_\d+)_clients \$\2\4_allowed))$/

const TLS_FILE = /^tls\/[0-9a-f]{12}-([0-9a-f]{12}|unknown)\.pem$/

const SERVER_PARAMETER =
  /^(weight=([2-9]|[12]\d|3[0-2])|max_conns=\d{1,7}|max_fails=\d{1,3}|fail_timeout=\d{1,4}s|down)$/

const FORMAT = /^lbex_[0-9a-f]{12}(_tls\d+)?$/

const LOGGED =
  /^(\$(protocol|(server|remote|upstream)_addr|(server|remote)_port|status|bytes_(received|sent)|session_time|upstream_connect_time)(\||$)){11}$/

const ZONE = /^zone=[0-9a-f]{12}_\d{1,5}_(tcp|udp)_\d{1,5}_(all|client):\d{1,4}k$/

const HASHES = ['$remote_addr consistent', '$remote_addr:$remote_port consistent']

const LISTEN = [
  'udp reuseport',
  'backlog=4096 so_keepalive=on',
  'backlog=4096 so_keepalive=on proxy_protocol',
  'ssl backlog=4096 so_keepalive=on',
  'ssl backlog=4096 so_keepalive=on proxy_protocol',
  'default_server ssl backlog=4096 so_keepalive=on',
  'default_server ssl backlog=4096 so_keepalive=on proxy_protocol',
  'ssl',
  'ssl proxy_protocol',
]

/** Blocks whose entries begin with a value instead of the name of a directive. */
const TABLES = ['split_clients', 'geo', 'map']

/** The rule of a directive and what it is about; an entry of a table is about its first word too. */
function describeDirective({path, parameters}: Directive): {name: string; words: readonly string[]} {
  const [block = '', ...entry] = path.split('/')
  if (entry.length === 0 || !TABLES.includes(block)) return {name: path, words: parameters}
  return {name: `${block}/*`, words: [entry.join('/'), ...parameters]}
}

function isRange(text: string): boolean {
  const [address = '', prefix = ''] = text.split('/')
  return isIP(address) !== 0 && /^\d{1,3}$/.test(prefix)
}

function isSocket(text: string): boolean {
  const [, six, four, port] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text) ?? []
  const number = Number(port)
  return (six === undefined ? isIPv4(four ?? '') : isIPv6(six)) && number >= 1 && number <= 65_535
}

function foreignDirectives(text: string): string[] {
  return readDirectives(text)
    .filter((directive) => {
      const {name, words} = describeDirective(directive)
      return !Object.hasOwn(ALLOWED, name) || !ALLOWED[name]?.(words)
    })
    .map(({path, parameters}) => [path, ...parameters].join(' '))
}

function filesOfServices(...parameters: Parameters<typeof translate>): NginxFile[] {
  return translate(...parameters).files.filter(({owners}) => owners.length > 0)
}

/** Together they use all directives. */
const EVERYTHING = [
  aService('a')
    .annotated({resolver: '10.0.0.10', passthrough: 'true', 'upstream-type': 'pod'})
    .with({loadBalancerSourceRanges: ['10.0.0.0/8']})
    .port('http', 80, {listen: 8080}),
  aService('b')
    .annotated({algorithm: 'least_conn', 'upstream-type': 'pod'})
    .port('http', 80, {listen: 8081, protocol: 'UDP'}),
  aService('c')
    .annotated({algorithm: 'least_time', method: 'last_byte inflight', 'upstream-type': 'pod'})
    .port('http', 80, {listen: 8082}),
  aService('d')
    .with({sessionAffinity: 'ClientIP'})
    .annotated({'upstream-type': 'pod'})
    .port('http', 80, {listen: 8083}),
  aService('e')
    .annotated({'upstream-type': 'pod', 'proxy-protocol': 'v1', 'accept-proxy-protocol': '10.0.0.0/8'})
    .port('http', 80, {listen: 8084}),
  aService('f')
    .annotated({
      'upstream-type': 'pod',
      'connect-timeout': '1s',
      tries: '2',
      'max-fails': '2',
      'health-check': 'http',
    })
    .port('http', 80, {listen: 8085}),
  aService('g')
    .annotated({
      'upstream-type': 'pod',
      connections: '9',
      'connections-per-client': '3',
      'max-connections': '4',
      'drain-timeout': '5m',
    })
    .annotated({'upload-rate': '1m', 'download-rate': '1m'})
    .port('http', 80, {listen: 8086}),
  aService('h')
    .annotated({'upstream-type': 'pod', algorithm: 'random', 'udp-requests': '1', 'udp-responses': '1'})
    .port('dns', 53, {listen: 53, protocol: 'UDP'}),
  ...['i', 'j'].map((name) =>
    aService(name)
      .annotated({'upstream-type': 'pod', hosts: 'x.example', 'shared-listener': 's'})
      .with({loadBalancerSourceRanges: ['10.0.0.0/8']})
      .port('http', 80, {listen: 8087}),
  ),
  ...['o', 'p'].map((name) =>
    aService(name)
      .annotated({'upstream-type': 'pod', hosts: `${name}.example`, 'tls-secret': name})
      .port('http', 80, {listen: 8090}),
  ),
  aService('k')
    .annotated({'upstream-type': 'pod', hosts: '*, default, *.example'})
    .port('http', 80, {listen: 8087}),
  aService('l')
    .annotated({'upstream-type': 'pod', hosts: 'x.example', 'accept-proxy-protocol': '10.0.0.0/8'})
    .port('http', 80, {listen: 8088}),
  aService('m')
    .annotated({'upstream-type': 'pod', 'tls-secret': 'a', 'tls-client-ca-secret': 'b'})
    .annotated({'tls-min-version': '1.3', 'tls-to-backend': 'verify b'})
    .port('https', 443, {listen: 8443}),
]

const RENDERINGS = [{}, {live: {script: ''}}, {accessLog: {port: 7333}}]

const someRendering = fc.tuple(fc.boolean(), fc.boolean()).map(([isLive, isLogged]) => ({
  ...(isLive && RENDERINGS[1]),
  ...(isLogged && RENDERINGS[2]),
}))

describe('the files of Services', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('contain only what the templates allow, whatever the objects contain', () => {
    let count = 0
    check(
      fc.property(wildCluster, someOptions, someRendering, (snapshot, options, rendering) => {
        const files = filesOfServices(snapshot, {...options, ...rendering})
        count += files.length
        for (const {text} of files) assert.deepEqual(foreignDirectives(text), [])
      }),
      300,
    )
    assert.ok(count > 50, `only ${count} files were looked at`)
  })

  it('are checked with rules that are all needed', () => {
    const nginx = {version: [1, 31, 0], plus: false, liveUpdates: false} as const
    const texts = RENDERINGS.flatMap((rendering) =>
      filesOfServices(aSnapshot(EVERYTHING, NOTHING_KNOWN), options({nginx, ...rendering})),
    ).map(({text}) => text)
    assert.deepEqual(texts.flatMap(foreignDirectives), [])
    const seen = new Set(
      texts.flatMap((text) => readDirectives(text).map((directive) => describeDirective(directive).name)),
    )
    assert.deepEqual([...seen].sort(), Object.keys(ALLOWED).sort())
  })

  it('fail the check with an additional directive or parameter', () => {
    const bad = [
      'return evil;',
      'server { listen 10.0.0.1:80 ssl reuseport; }',
      'server { server_name ~.*; }',
      'server { listen 0.0.0.0:0; }',
      'server { allow all; }',
      'server { deny 10.0.0.0/8; }',
      'geo $remote_addr $lbex_0123456789ab_trusted {}',
      'geo $realip_remote_addr $lbex_0123456789ab_trusted { 10.0.0.0/8 2; }',
      'map $lbex_0123456789ab_trusted $lbex_0123456789ac_target {}',
      'server { set_real_ip_from all; }',
      'limit_conn_zone $remote_addr zone=0123456789ab_80_tcp_80_all:32k;',
      'server { limit_conn other 1; }',
      'server { proxy_upload_rate $x; }',
      'server { proxy_pass $remote_addr; }',
      'server { access_log /etc/passwd; }',
      'server { set $lbex_owner $remote_addr; }',
      'log_format lbex_0123456789ab "$lbex_log_key|$ssl_preread_server_name|$protocol";',
      'server { resolver 10.0.0.1 ipv6=off; }',
      'upstream a {}',
      'upstream/hash;',
      'map $ssl_preread_server_name $lbex_0123456789ab { ~.* evil; }',
      'map $ssl_preread_server_name $lbex_0123456789ab { include evil; }',
      'geo $remote_addr $lbex_0123456789ab { 10.0.0.0/8 1; }',
      'split_clients "$remote_addr:$remote_port" $evil {}',
    ]
    for (const text of bad) assert.notDeepEqual(foreignDirectives(text), [], text)
    for (const text of ['}', 'server {', 'a', ';', 'a };', '"'])
      assert.throws(() => foreignDirectives(text), Error, text)
  })
})
