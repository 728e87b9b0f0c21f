/** The process behind RemoteTraffic: a backend, sessions and a pump, told what to do over IPC. */
import {startTcpBackend} from './backends.js'
import {openSessions, Pump, type PumpResult, type Session} from './traffic.js'

export type Order = {readonly backend: true} | {readonly start: TrafficOptions} | {readonly stop: true}

export type TrafficOptions = {
  /** Port of NGINX that everything goes to. */
  readonly port: number
  readonly perSecond: number
  /** Most connections in all. */
  readonly limit: number
  readonly sessions: number
}

export type Report = {readonly port: number} | {readonly started: true} | TrafficResult

export type TrafficResult = PumpResult & {readonly sessionsAlive: number}

let sessions: Session[] = []
let pump: Pump | undefined

process.on('message', (order: Order) => {
  follow(order).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())

async function follow(order: Order): Promise<Report> {
  if ('backend' in order) return {port: (await startTcpBackend('backend')).port}
  if ('start' in order) return start(order.start)
  return stop()
}

async function start({port, perSecond, limit, sessions: count}: TrafficOptions): Promise<Report> {
  sessions = await openSessions({port}, count)
  pump = new Pump({targets: [{port}], perSecond, limit})
  return {started: true}
}

async function stop(): Promise<TrafficResult> {
  const result = (await pump?.stop()) as PumpResult
  const alive = await Promise.all(sessions.map((session) => session.isAlive()))
  for (const session of sessions) session.close()
  return {...result, sessionsAlive: alive.filter(Boolean).length}
}
