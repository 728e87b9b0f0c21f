/** Clients that connect all the time, in processes of their own. */
import {fork} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import type {Client} from './ask.js'

/** `perSecond`: connections that are wanted; there are fewer if the machine cannot have them. */
export type Target = {readonly port: number; readonly client: Client; readonly perSecond: number}

export type Load = {readonly connections: number; readonly failed: number}

const PROCESSES = 2

/** Returns a function that ends the clients, and resolves when all their connections have ended. */
export async function startLoad(targets: readonly Target[]): Promise<() => Promise<Load>> {
  const program = fileURLToPath(new URL('load-process.ts', import.meta.url))
  const share = targets.map((target) => ({...target, perSecond: target.perSecond / PROCESSES}))
  const children = Array.from({length: PROCESSES}, () => fork(program, {execArgv: ['--import', 'tsx']}))
  await Promise.all(children.map((child) => once(child, 'message')))
  for (const child of children) child.send(share)
  return async () => {
    const loads = await Promise.all(
      children.map(async (child) => {
        const answer = once(child, 'message')
        child.send('stop')
        const [load] = (await answer) as [Load]
        return load
      }),
    )
    return {
      connections: loads.reduce((sum, {connections}) => sum + connections, 0),
      failed: loads.reduce((sum, {failed}) => sum + failed, 0),
    }
  }
}
