import assert from 'node:assert/strict'
import {execute, type Outcome} from '../../../src/gce/execute.js'
import type {Step} from '../../../src/gce/plan.js'

const thing = {id: 't', read: {args: [], name: ''}, needs: []}

function step(id: string, ...after: string[]): Step {
  return {id, args: [], after, kind: 'create', thing}
}

const STEPS = [step('a'), step('b'), step('c', 'a'), step('d', 'b'), step('e', 'c', 'd')]

async function walk(failing: readonly string[], keepGoing: boolean, signal = new AbortController().signal) {
  const taken: string[] = []
  const walks = execute(
    {steps: STEPS},
    {
      perform: async ({id}) => {
        taken.push(id)
        if (failing.includes(id)) throw new Error(id)
        return 'done'
      },
      keepGoing,
      signal,
    },
  )
  const outcomes = await Promise.all(walks.map(({ended}) => ended))
  await Promise.all(walks.map(({started}) => started))
  return {taken, states: outcomes.map(({step, state}: Outcome) => `${step.id} ${state}`)}
}

describe('gce/execute', () => {
  it('takes each step after those it waits for', async () => {
    const {taken, states} = await walk([], false)
    assert.deepEqual(taken, ['a', 'b', 'c', 'd', 'e'])
    assert.deepEqual(states, ['a done', 'b done', 'c done', 'd done', 'e done'])
  })

  it('starts nothing more after a failure', async () => {
    const {states} = await walk(['a'], false)
    assert.deepEqual(states, ['a failed', 'b done', 'c not-reached', 'd not-reached', 'e not-reached'])
  })

  it('goes on with what has nothing to do with it, where that is wanted', async () => {
    const {states} = await walk(['a'], true)
    assert.deepEqual(states, ['a failed', 'b done', 'c not-reached', 'd done', 'e not-reached'])
  })

  it('starts nothing after an interruption', async () => {
    const {taken} = await walk([], true, AbortSignal.abort())
    assert.deepEqual(taken, [])
  })
})
