/** The forms that GitHub shows to those who report something: what they ask for is there, and they are what GitHub reads. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse} from 'yaml'
import {root} from '../commands/lbex.js'
import {lbexTrouble} from '../docs/lbex-lines.js'

type Form = {
  readonly name: string
  readonly description: string
  readonly body: readonly {
    readonly type: string
    readonly id: string
    readonly attributes: {readonly label: string; readonly value?: string}
  }[]
}

const folder = join(root, '.github/ISSUE_TEMPLATE')
const forms = readdirSync(folder).filter((name) => name !== 'config.yml')

describe('forms for issues', () => {
  for (const name of forms) {
    const form = parse(readFileSync(join(folder, name), 'utf8')) as Form

    it(`${name} is a form`, () => {
      assert.ok(form.name && form.description)
      const ids = form.body.map(({id}) => id)
      assert.equal(new Set(ids).size, ids.length)
      for (const {type, attributes} of form.body) assert.ok(type === 'textarea' && attributes.label)
    })

    it(`${name} asks for what lbex can print`, async () => {
      const lines = form.body.flatMap(({attributes: {label, value = ''}}) => [label, ...value.split('\n')])
      const calls = lines.filter((line) => line.startsWith('lbex ')).map((line) => line.replace(/:$/, ''))
      const troubles = await Promise.all(calls.map((call) => lbexTrouble(call.split(' ').slice(1))))
      assert.deepEqual(
        troubles.filter((trouble) => trouble !== undefined),
        [],
      )
      if (name !== 'bug.yml') return
      for (const call of ['lbex --version', 'lbex doctor --json', 'lbex render --snapshot-out'])
        assert.ok(
          calls.some((each) => each.startsWith(call)),
          call,
        )
    })
  }
})
