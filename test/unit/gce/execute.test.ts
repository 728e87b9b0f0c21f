import assert from 'node:assert/strict'
import {execute, type StepOutcome} from '../../../src/gce/execute.js'
import type {PlanStep} from '../../../src/gce/plan.js'

const resource = {id: 't', read: {args: [], name: ''}, needs: []}

function step(id: string, ...after: string[]): PlanStep {
  return {id, args: [], after, kind: 'create', resource}
}

const STEPS = [step('a'), step('b'), step('c', 'a'), step('d', 'b'), step('e', 'c', 'd')]

async function run(failing: readonly string[], keepGoing: boolean, signal = new AbortController().signal) {
  const taken: string[] = []
  const runs = execute(
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
  const outcomes = await Promise.all(runs.map(({ended}) => ended))
  await Promise.all(runs.map(({started}) => started))
  return {taken, states: outcomes.map(({step, state}: StepOutcome) => `${step.id} ${state}`)}
}

describe('gce/execute', () => {
  it('runs each step after the steps that it waits for', async () => {
    const {taken, states} = await run([], false)
    assert.deepEqual(taken, ['a', 'b', 'c', 'd', 'e'])
    assert.deepEqual(states, ['a done', 'b done', 'c done', 'd done', 'e done'])
  })

  it('starts no further step after a failure', async () => {
    const {states} = await run(['a'], false)
    assert.deepEqual(states, ['a failed', 'b done', 'c not-reached', 'd not-reached', 'e not-reached'])
  })

  it('continues with independent steps if keepGoing is set', async () => {
    const {states} = await run(['a'], true)
    assert.deepEqual(states, ['a failed', 'b done', 'c not-reached', 'd done', 'e not-reached'])
  })

  it('starts no step after an interruption', async () => {
    const {taken} = await run([], true, AbortSignal.abort())
    assert.deepEqual(taken, [])
  })
})
