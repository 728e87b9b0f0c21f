/** Lines as NGINX sends them when a connection ends. */
import type {Session} from '../../../../src/observe/traffic/session-line.js'

export const KEY = '0123456789abcdef0123456789abcdef'
export const OWNER = 'aaaaaaaaaaaa'

const FIELDS = {
  key: KEY,
  owner: OWNER,
  protocol: 'TCP',
  address: '127.0.0.1',
  port: '8080',
  client: '192.0.2.7',
  clientPort: '50842',
  status: '200',
  received: '3',
  sent: '10',
  duration: '1.234',
  connectTimes: '0.002',
  servers: '10.0.0.1:30080',
}

export function aLine(fields: Partial<typeof FIELDS> = {}): string {
  return `<190>Nov 30 15:12:44 lbex: ${Object.values({...FIELDS, ...fields}).join('|')}`
}

export function aSession(parts: Partial<Session> = {}): Session {
  return {
    owner: OWNER,
    protocol: 'TCP',
    address: '127.0.0.1',
    port: 8080,
    client: '192.0.2.7',
    clientPort: 50_842,
    received: 3,
    sent: 10,
    duration: 1234,
    attempts: [{server: '10.0.0.1:30080', connectTime: 2}],
    refusal: undefined,
    ...parts,
  }
}
