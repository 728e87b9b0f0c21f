/** The settings of active health checks. They are a part of the table in annotations.ts. */
import {entry, type AnnotationEntry} from './annotation-entry.js'
import {parseBytes, parseCheckHost, parseCheckPath, parseExpectation} from './health-values.js'

const setting = {required: 'no', perPort: true, values: []} as const

export const HEALTH_SETTINGS = {
  healthCheck: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check',
    kind: 'enum',
    values: ['off', 'tcp', 'http', 'udp'],
    form: 'one of the values',
    fallback: 'off',
    hasFlag: true,
    example: 'http',
    description:
      'How lbex probes each backend from its own host, whether or not there is traffic. A backend that fails gets no new connections; if all fail, all stay in use. `tcp` connects, `http` sends an HTTP/1.1 request, `udp` sends a datagram. With node upstreams, a node that is not Ready stays in use as long as it passes.',
  }),
  healthCheckPort: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-port',
    kind: 'count',
    range: {least: 1, most: 65_535},
    form: 'a port number, 1 to 65535',
    example: '10256',
    description:
      'The port to probe at the address of each backend. The default is the port that gets the traffic.',
  }),
  healthCheckPath: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-path',
    kind: 'text',
    parse: parseCheckPath,
    form: 'a path that begins with a slash, without spaces',
    fallback: '/',
    example: '/healthz',
    description: 'With `http`: the path of the request.',
  }),
  healthCheckHost: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-host',
    kind: 'text',
    parse: parseCheckHost,
    form: 'a host name or an address, with an optional port',
    example: 'shop.example.com',
    description:
      'With `http`: the Host header of the request. The default is the address and port of the backend.',
  }),
  healthCheckExpect: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-expect',
    kind: 'text',
    parse: parseExpectation,
    form: 'a list of statuses such as `200` or `2xx`, or a text of at most 256 characters',
    example: '+PONG',
    description:
      'What the response must have: with `http`, one of these statuses, or this text in the body; with `tcp` and `udp`, this text. `\\r`, `\\n`, `\\t`, `\\0`, `\\\\` and `\\xHH` stand for bytes. The default is a status of class 2xx or 3xx with `http`, the connection with `tcp`, and that the port is not closed with `udp`.',
  }),
  healthCheckSend: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-send',
    kind: 'text',
    parse: parseBytes,
    form: 'a text of at most 256 characters, with the escapes \\r, \\n, \\t, \\0, \\\\ and \\xHH',
    example: 'PING\\r\\n',
    description: 'With `tcp` and `udp`: what lbex sends. The default is nothing, and an empty datagram.',
  }),
  healthCheckInterval: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-interval',
    kind: 'duration',
    range: {least: 500, most: 3_600_000},
    form: 'a duration from 500ms to 1h, such as 5s',
    fallback: '5s',
    hasFlag: true,
    example: '2s',
    description: 'The time between two probes of one backend.',
  }),
  healthCheckTimeout: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-timeout',
    kind: 'duration',
    range: {least: 100, most: 60_000},
    form: 'a duration from 100ms to 1m, such as 2s',
    fallback: '2s',
    hasFlag: true,
    example: '1s',
    description: 'The time that a probe may take: at most the interval.',
  }),
  healthCheckRise: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-rise',
    kind: 'count',
    range: {least: 1, most: 100},
    form: 'a whole number from 1 to 100',
    fallback: '2',
    hasFlag: true,
    example: '3',
    description: 'How many probes in a row must succeed before lbex uses a failing backend again.',
  }),
  healthCheckFall: entry({
    ...setting,
    key: 'loadbalancer.lbex/health-check-fall',
    kind: 'count',
    range: {least: 1, most: 100},
    form: 'a whole number from 1 to 100',
    fallback: '3',
    hasFlag: true,
    example: '2',
    description: 'How many probes in a row must fail before a backend gets no new connections.',
  }),
} as const satisfies Record<string, AnnotationEntry>
