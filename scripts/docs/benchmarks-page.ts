/** Generates docs/benchmarks.md from the committed results in bench/results/compare.json. */
import type {Figures, Percentiles} from '../../bench/measure.js'
import type {CompareResults} from './benchmark-results.js'
import {table} from './table.js'

const INTRODUCTION = `# Measured beside HAProxy

What lbex with NGINX and HAProxy both do, each table measured in one run: on the same machine, with the same backends and clients, in turns, so that
what else the machine does affects both alike. HAProxy has two threads, NGINX two workers; otherwise both have their defaults, or the
settings that a section names. All traffic is on loopback, and the clients and backends use the same CPUs. So compare the lines of a table
with each other, and not with a machine of yours: \`npm run bench -- compare\` measures there.

A figure is a median, with the least and the greatest value behind it.
`

const CONNECTIONS = `## New TCP connections

A client connects, gets an answer of six bytes, and closes. The CPU time is that of the proxy alone, with the part of the kernel. The last
column compares it with HAProxy in the same turn. *lbex with live updates* uses the newest NGINX of Debian and asks a script for the server
of each connection, so that servers can change without a reload; *lbex* uses the NGINX of the machine.
`

const TRANSFER = `## One long connection

One client receives 512 MiB. With \`option splice-auto\`, HAProxy may let the kernel move the bytes; NGINX has nothing like it.
`

const CHANGES = `## Other servers, without a reload

All ten servers of one of 100 Services change. With lbex, the time begins with the change of the EndpointSlice in the API server: it contains
the watch, the 20 ms in which lbex waits for further changes, and the translation. With HAProxy, it begins with the command to its runtime
API (\`set server\`, or \`add server\` and \`del server\`): a controller that watches a cluster is not part of it.
`

const RELOADS = `## A reload

One of the listeners gets another server. The time contains the new files, the test of the configuration (\`nginx -t\`, \`haproxy -c\`), the
reload and the first answer of the new server; with lbex also the translation. The CPU time is that of the test and of the proxy. A
connection from before stays open during each reload: its old processes need the memory of the last column.
`

const FAILURES = `## A server that fails

Each listener has two servers and gets 20 connections a second. One server is *killed* (the host refuses its connections), or it *hangs* (the
host accepts a few more connections, and ignores those that follow). A connection has one try of 500 ms, so that each one to the failed server counts:
with a second try, which both can make, fewer fail. The clients connect for 12 seconds after the failure.

- *active*: a check connects every second, and two in a row must fail.
- *passive*: one failed connection takes the server out. NGINX sends it a client again after ten seconds (\`fail-timeout\`), and each of its
  workers counts for itself. HAProxy needs a check to bring a server back, here one every ten seconds (\`observe layer4\`).
- *both*: the checks of *active*, and one failed connection takes the server out.

*Until* is the time from the failure to the start of the last connection that failed.
`

const BETTER = `## What HAProxy does better

- Its passive checks affect fewer clients: one process counts for all threads, and a check, not a client, finds out that a server is back.
- Its runtime API answers at once. lbex waits for further changes first, because a rollout changes many objects.
- It moves bytes in the kernel, with \`option splice-auto\`.
- A connection can wait in a queue for a server that is at its limit; NGINX closes it.
- It balances HTTP, has checks for databases, slow start for servers that are back, and tables of clients that limit by rate.

HAProxy needs a controller that watches the cluster, and does not balance UDP. [The comparison](comparison.md) says when to use which
program.
`

/** `results`: of `npm run bench -- compare --record`. */
export function benchmarksPage(results: CompareResults): string {
  return [
    INTRODUCTION,
    circumstances(results),
    ...connections(results),
    ...transfer(results),
    ...changes(results),
    ...reloads(results),
    ...failures(results),
    BETTER,
    `## Measure again\n`,
    'In a clone, `npm run bench -- compare --record` takes two to four minutes, and replaces',
    '[bench/results/compare.json](../bench/results/compare.json), from which `npm run docs` writes this page.',
  ].join('\n')
}

function circumstances({date, machine}: CompareResults): string {
  const {cpu, cpus, memory, load, kernel, node, nginx, nginxWithLiveUpdates, haproxy} = machine
  const programs = `NGINX ${nginx}, NGINX ${nginxWithLiveUpdates} with live updates, HAProxy ${haproxy}, Node.js ${node}`
  return `Measured on ${date}: ${cpus} CPUs (${cpu}), ${memory} of memory, load average ${load} before, Linux ${kernel}, ${programs}.\n`
}

function connections({connections: rows}: CompareResults): string[] {
  const head = ['Setting', 'Proxy', 'Connections per second', 'CPU time of each', 'Compared']
  return [
    CONNECTIONS,
    table(
      head,
      rows.map(({setting, by, perSecond, cpu, cpuRatio}) => [
        ...[setting, by, withRange(perSecond), `${withRange(cpu)} µs`, times(cpuRatio)],
      ]),
    ),
  ]
}

function transfer({transfer: rows}: CompareResults): string[] {
  const cells = rows.map(({by, megabytesPerSecond, cpuPerGigabyte}) => [
    ...[by, `${withRange(megabytesPerSecond)} MB/s`, `${withRange(cpuPerGigabyte)} ms`],
  ])
  return [TRANSFER, table(['Proxy', 'Throughput', 'CPU time for 1 GB'], cells)]
}

function changes({changes: rows}: CompareResults): string[] {
  const cells = rows.map(({by, firstNew, unanswered, reloads: made}) => [
    ...[by, percentilesText(firstNew), String(unanswered), String(made)],
  ])
  const head = [
    'Proxy',
    'First answer of a new server: median / 90 % / 99 %',
    'Failed connections',
    'Reloads',
  ]
  return [CHANGES, table(head, cells)]
}

function reloads({reloads: rows}: CompareResults): string[] {
  const cells = rows.map(({listeners, by, firstNew, unanswered, cpu, oldProcesses}) => [
    ...[String(listeners), by, `${withRange(firstNew)} ms`, String(unanswered)],
    ...[`${number(cpu)} ms`, `${oldProcesses} MB`],
  ])
  const head = ['Listeners', 'Proxy', 'First answer', 'Failed connections', 'CPU time', 'Old processes']
  return [RELOADS, table(head, cells)]
}

function failures({failures: rows}: CompareResults): string[] {
  const cells = rows.map(({server, checks, by, failed, until}) => [
    ...[server, checks, by, withRange(failed), `${withRange(until)} ms`],
  ])
  return [FAILURES, table(['Server', 'Checks', 'Proxy', 'Failed connections', 'Until'], cells)]
}

function withRange({min, median, max}: Figures): string {
  return min === max ? number(median) : `${number(median)} (${number(min)} to ${number(max)})`
}

function percentilesText({p50, p90, p99}: Percentiles): string {
  return `${[p50, p90, p99].map(number).join(' / ')} ms`
}

/** With commas, and with one decimal below 10. */
function number(value: number): string {
  const rounded = value < 10 ? Math.round(value * 10) / 10 : Math.round(value)
  return String(rounded).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

function times(ratio: number): string {
  return `× ${ratio.toFixed(2)}`
}
