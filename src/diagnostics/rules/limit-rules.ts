/** Limits for a single object, so that it cannot use up what all objects share. */
import {rule} from '../rule.js'

export const LIMIT_RULES = {
  'listeners-over-limit': rule({
    severity: 'error',
    message: ({served, asked, limit}: {served: number; asked: number; limit: number}) =>
      `only the first ${served} of ${asked} ports are exposed: the limit is ${limit} ${limit === 1 ? 'listener' : 'listeners'} per Service`,
    hint: () => 'spread the ports over several Services, or raise --max-listeners-per-service',
    reason:
      'Each listener costs NGINX a socket and a connection slot in each worker. A port counts once for each listen address.',
  }),
  'servers-over-limit': rule({
    severity: 'warning',
    message: ({spent, limit, share}: {spent: number; limit: number; share: number}) =>
      `the ports of this Service have ${spent} servers, but the limit is ${limit}; each port uses at most ${share} of its servers`,
    hint: () => 'spread the ports over several Services, or raise --max-servers-per-service',
    reason:
      'NGINX keeps the servers of all ports in memory, twice during a reload. The selection of servers changes as little as possible when endpoints come and go.',
  }),
  'source-ranges-over-limit': rule({
    severity: 'error',
    message: ({ranges, ports, limit}: {ranges: number; ports: number; limit: number}) =>
      `${ranges} source ranges for ${ports === 1 ? 'one port' : `${ports} ports`} are more than the limit of ${limit}; no port of this Service is exposed`,
    hint: () =>
      'join ranges, spread the ports over several Services, or raise --max-source-ranges-per-service',
    reason:
      'Each port has all ranges of its Service in the configuration, and NGINX compares each client with one range after the other.',
  }),
  'findings-not-listed': rule({
    severity: 'info',
    message: ({code, count, listed}: {code: string; count: number; listed: number}) =>
      `${code} was found in ${count === 1 ? 'one more place' : `${count} more places`}; only the first ${listed} findings are listed`,
    hint: () => 'fix the listed findings and run lbex again to see more',
    reason:
      'One object can contain tens of thousands of mistakes. lbex lists the first 50 findings of a code for each object and counts the others. The same applies to all EndpointSlices of one Service that have no label.',
  }),
} as const
