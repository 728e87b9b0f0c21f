/** What the scenarios share: on what they run, what may fail, and what is compared. */
import {isChange, type ApiRequest, type Fault} from '../../../support/gce-fake/http.js'
import {gceWorld, type World, type WorldOptions} from '../../../support/gce-fake/world.js'

export type Stage = {
  readonly open: (options?: WorldOptions) => Promise<World>
  /** Each gcloud takes a second: faults at one thing of each kind, several in a run, in place of every single one. */
  readonly brief: boolean
}

export type Scenarios = (stage: Stage) => void

export const DENIED: Fault['effect'] = {
  status: 403,
  body: {error: {code: 403, message: 'Required permission', errors: [{reason: 'forbidden'}]}},
}
export const BUSY: Fault['effect'] = {
  status: 503,
  body: {
    error: {code: 503, message: 'The service is currently unavailable.', errors: [{reason: 'backendError'}]},
  },
}
export const TOO_MANY: Fault['effect'] = {
  status: 429,
  body: {error: {code: 429, message: 'Rate Limit Exceeded', errors: [{reason: 'rateLimitExceeded'}]}},
}

export type Pick = (request: ApiRequest) => boolean

/** A request by its method and the end of its path. */
export function request(method: string, end: string): Pick {
  return (sent) => sent.method === method && sent.path.endsWith(end)
}

/** The creation of one thing of each kind. */
export const CREATION = {
  account: request('POST', '/serviceAccounts'),
  role: request('POST', ':setIamPolicy'),
  subnet: request('POST', '/subnetworks'),
  firewall: request('POST', '/firewalls'),
  healthCheck: request('POST', '/healthChecks'),
  router: request('POST', '/routers'),
  nat: request('PATCH', '/routers/web-router'),
  template: request('POST', '/instanceTemplates'),
  group: request('POST', '/instanceGroupManagers'),
  autoscaler: request('POST', '/autoscalers'),
}

/** The nth change from now. */
export function nthChange(nth: number): Pick {
  let count = 0
  return (sent) => isChange(sent) && (count += 1) === nth
}

/** Each picks one request, once. */
export function failEach({fake}: World, picks: readonly Pick[], effect: Fault['effect']): void {
  for (const matches of picks) fake.fail({matches, effect})
}

/** Whether every fault has struck. */
export function allStruck({fake}: World): boolean {
  return fake.http.faults.every(({times = 1}) => times === 0)
}

/** All that there is, without the names that Google draws. */
export function comparable({fake}: World): unknown {
  const {bindings, ...things} = fake.state() as {bindings: {role: string}[]}
  const sorted = {...things, bindings: bindings.sort((a, b) => (a.role < b.role ? -1 : 1))}
  return JSON.parse(
    JSON.stringify(sorted)
      .replaceAll(fake.http.url, '')
      .replace(/web-group-[0-9a-z]{4}/g, 'web-group-x'),
  )
}

/** What an `up` without trouble leaves. */
export async function cleanState(...flags: readonly string[]): Promise<unknown> {
  const clean = await gceWorld()
  try {
    await clean.up(...flags)
    return comparable(clean)
  } finally {
    await clean.close()
  }
}
