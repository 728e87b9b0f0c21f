/** lbex as a program, and gcloud below it as another: signals, a terminal, files, and what stands on which output. */
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {lbex, root, startLbex} from '../../../commands/lbex.js'
import {TARGET, UP, type World} from '../../../support/gce-fake/world.js'
import {skipBecause} from '../../../support/skip.js'
import {startOnTerminal, whyNoTerminals, type OnTerminal} from '../../../support/terminal.js'
import {waitFor} from '../../../support/wait.js'
import {CREATION, failEach, type Stage} from './stage.js'

const GCE_UP = ['gce', 'up', ...UP]

/** Milliseconds: so long a dozen gclouds may take on a busy machine. */
const PATIENCE = 120_000

/** The same flags three times. */
const LONG = `--name my-lbex --project my-project --region us-central1 --cidr 10.150.0.0/26 --cluster-name shop
  --num-autoscale 12 --cluster-zone us-central1-a --cluster-network net --health-port 1337 --machine-type e2-medium
  --ingress-cidr 0.0.0.0/0 --lbex-package=lbex@2.0.0`
const SHORT = `-n my-lbex -i my-project -r us-central1 -c 10.150.0.0/26 -m shop -s 12 -z us-central1-a -t net -p 1337
  -a e2-medium -g 0.0.0.0/0 --lbex-package=lbex@2.0.0`
const VARIABLES = {
  LBEX_GCE_NAME: 'my-lbex',
  LBEX_GCE_PROJECT: 'my-project',
  LBEX_GCE_CIDR: '10.150.0.0/26',
  LBEX_GCE_CLUSTER_NAME: 'shop',
  LBEX_GCE_NUM_AUTOSCALE: '12',
  LBEX_GCE_CLUSTER_NETWORK: 'net',
  LBEX_GCE_HEALTH_PORT: '1337',
  LBEX_GCE_MACHINE_TYPE: 'e2-medium',
  LBEX_GCE_INGRESS_CIDR: '0.0.0.0/0',
  LBEX_GCE_LBEX_PACKAGE: 'lbex@2.0.0',
}

const words = (flags: string): string[] => flags.split(/\s+/)

export function programScenarios({open, brief}: Stage): void {
  describe('as a program', () => {
    let world: World

    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    const run = (...parameters: string[]) => lbex(parameters, {env: world.env})

    it('adds a hint if there are no credentials', async () => {
      const env = {
        ...world.env,
        CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: '',
        CLOUDSDK_CONFIG: join(world.folder, 'none'),
      }
      const {stdout, stderr, exitCode} = await lbex(['gce', 'status', ...TARGET], {env})
      assert.deepEqual([stdout, exitCode], ['', 3])
      assert.match(
        stderr,
        /^error: gcloud has no valid credentials: ERROR: .* active account selected\.\nhint: run gcloud auth login/,
      )
      assert.deepEqual(world.fake.http.requests, [])
    })

    it('asks for confirmation on a terminal before it deletes', async function () {
      skipBecause(this, whyNoTerminals())
      const before = world.fake.state()
      const subnet = {description: 'lbex web in us-central1: addresses', network: '/networks/net'}
      world.fake.compute.put('projects/my-project/regions/us-central1/subnetworks/web-subnet', subnet)
      const no = onTerminal('gce', 'down', ...TARGET)
      await asked(no, /subnet web-subnet\r\nDelete these of web in my-project\? \[y\/N\] $/)
      no.type('n\r')
      assert.deepEqual([await no.ended, world.fake.changes()], [1, []])
      if (brief) return
      const yes = onTerminal('gce', 'down', ...TARGET)
      await asked(yes, /\[y\/N\] $/)
      yes.type('y\r')
      assert.equal(await yes.ended, 0, yes.shown())
      assert.deepEqual(world.fake.state(), before)
    })

    it('ends its gclouds at Ctrl-C on a terminal, which sends SIGINT to them too', async function () {
      skipBecause(this, whyNoTerminals())
      failEach(world, [CREATION.subnet], 'hang')
      const up = onTerminal(...GCE_UP)
      await waitFor(() => world.fake.http.hanging === 1, {what: 'the subnet to be made', deadline: PATIENCE})
      up.type('\u0003')
      assert.equal(await up.ended, 130, up.shown())
      assert.match(up.shown(), /interrupted by SIGINT\r\ndone:/)
      assert.match(up.shown(), /to continue: run the same command again; existing resources are kept\r\n/)
      await nothingLeft()
    })

    function onTerminal(...parameters: string[]): OnTerminal {
      return startWith(world.env, parameters)
    }

    function startWith(env: World['env'], parameters: readonly string[]): OnTerminal {
      return startOnTerminal([process.execPath, join(root, 'bin/run.js'), ...parameters], env)
    }

    function asked(terminal: OnTerminal, question: RegExp): Promise<true> {
      return waitFor(() => question.test(terminal.shown()), {what: 'the question', deadline: PATIENCE})
    }

    /** Two signals that arrive before the process handles the first are one: press again until the program ends. */
    async function pressUntilEnded(terminal: OnTerminal, key: string): Promise<void> {
      let ended = false
      void terminal.ended.then(() => (ended = true))
      const press = () => {
        if (!ended) terminal.type(key)
        return ended
      }
      await waitFor(press, {what: 'the end of the program', every: 50})
    }

    /** No gcloud still runs, and no file of lbex is there. */
    async function nothingLeft(): Promise<void> {
      await waitFor(() => world.fake.http.hanging === 0, {what: 'the end of gcloud'})
      assert.deepEqual(await readdir(join(world.folder, 'tmp')), [])
    }

    if (brief) return

    it('exits immediately at the second Ctrl-C if a gcloud does not end, and shows the cursor again', async function () {
      skipBecause(this, whyNoTerminals())
      const [folder, told] = [join(world.folder, 'stubborn'), join(world.folder, 'told')]
      await mkdir(folder)
      const stubborn = `trap '' INT TERM; touch ${told}; sleep 3`
      const script = `#!/bin/sh\ncase "$*" in *" subnets create "*) ${stubborn};; *) PATH=\${PATH#*:} exec gcloud "$@";; esac\n`
      await writeFile(join(folder, 'gcloud'), script, {mode: 0o755})
      const up = startWith({...world.env, PATH: `${folder}:${world.env['PATH']}`}, GCE_UP)
      await waitFor(() => existsSync(told), {what: 'the subnet to be made', deadline: PATIENCE})
      await pressUntilEnded(up, '\u0003')
      assert.equal(await up.ended, 130, up.shown())
      assert.doesNotMatch(up.shown(), /to continue:/)
      assert.ok(up.raw().lastIndexOf('\u001B[?25h') > up.raw().lastIndexOf('\u001B[?25l'))
    })

    it('ends its gclouds when the terminal goes away', async function () {
      skipBecause(this, whyNoTerminals())
      failEach(world, [CREATION.group], 'hang')
      const up = onTerminal(...GCE_UP)
      await waitFor(() => world.fake.http.hanging === 1, {what: 'the group to be made', deadline: PATIENCE})
      up.hangUp()
      await up.ended
      await nothingLeft()
    })

    for (const [signal, code] of [
      ['SIGHUP', 129],
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      it(`ends its gclouds at ${signal}, and says how to continue`, async () => {
        failEach(world, [CREATION.group], 'hang')
        const {child, ended} = startLbex([...GCE_UP, '--json'], {env: world.env})
        await waitFor(() => world.fake.http.hanging === 1, {what: 'the group to be made', deadline: PATIENCE})
        child.kill(signal)
        const {stdout, stderr, exitCode} = await ended
        assert.deepEqual([exitCode, (JSON.parse(stdout) as {up: boolean}).up], [code, false])
        assert.match(stderr, new RegExp(`interrupted by ${signal}\\ndone:\\n {2}create service account`))
        assert.match(stderr, /to continue: run the same command again; existing resources are kept\n/)
        await nothingLeft()
      })
    }

    it('changes nothing if it is ended while it reads existing resources', async () => {
      failEach(world, [({path}) => path.endsWith('/networks/net')], 'hang')
      const {child, ended} = startLbex(GCE_UP, {env: world.env})
      await waitFor(() => world.fake.http.hanging === 1, {what: 'the question', deadline: PATIENCE})
      child.kill('SIGTERM')
      const {stderr, exitCode} = await ended
      assert.deepEqual([exitCode, stderr], [143, 'interrupted by SIGTERM: nothing was changed\n'])
      await nothingLeft()
    })

    it('brings a group up and down, and leaves no files behind', async () => {
      const up = await run(...GCE_UP)
      assert.deepEqual([up.stdout, up.exitCode], ['web is up: 12 changes\n', 0])
      assert.match(up.stderr, /✔ create subnet web-subnet\n/)
      const status = await run('gce', 'status', ...TARGET)
      assert.match(status.stdout, /^group {7}web-group: stable, 2 of 2 hosts healthy\n/)
      const down = await run('gce', 'down', ...TARGET, '--yes')
      assert.deepEqual([down.stdout, down.exitCode], ['web is down: 11 resources deleted\n', 0])
      await nothingLeft()
    })

    it('prints a shell script with the same effect', async () => {
      const {stdout, stderr, exitCode} = await run(...GCE_UP, '--dry-run')
      assert.deepEqual([stderr, exitCode, world.fake.changes()], ['', 0, []])
      await promisify(execFile)('sh', ['-euc', stdout], {env: world.env})
      assert.equal((await run(...GCE_UP)).stdout, 'web is up: nothing to change\n')
    })

    it('takes the flags of lbex 1.x: long, short and as variables', async () => {
      const dryRun = ['gce', 'up', '--dry-run']
      const long = await run(...dryRun, ...words(LONG))
      const short = await run(...dryRun, ...words(SHORT))
      const variables = await lbex(dryRun, {env: {...world.env, ...VARIABLES}})
      assert.deepEqual([long.exitCode, long.stderr], [0, ''])
      assert.deepEqual([short, variables], [long, long])
    })

    it('prints only JSON on standard output', async () => {
      const {stdout, stderr, exitCode} = await run(...GCE_UP, '--json', '--no-wait')
      assert.deepEqual([exitCode, (JSON.parse(stdout) as {up: boolean}).up], [0, true])
      assert.match(stderr, /create group web-group/)
    })
  })
}
