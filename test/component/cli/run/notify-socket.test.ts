/** Notifications, and the program that opens the socket for them, with a datagram socket as systemd has it. */
import assert from 'node:assert/strict'
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {closeSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {notifyThrough} from '../../../../src/cli/run/notify-socket.js'
import {root} from '../../../commands/lbex.js'
import {skipBecause, whyNoProgram} from '../../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../../support/temporary-folder.js'
import {FakeLog} from '../../../unit/controller/fakes.js'

/** Prints the datagram that it receives. */
const RECEIVER = `
use Socket qw(AF_UNIX SOCK_DGRAM pack_sockaddr_un);
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die;
my $path = $ARGV[0] =~ s/^@/\\0/r;
bind($socket, pack_sockaddr_un($path)) or die;
print STDERR "bound";
recv($socket, my $message, 4096, 0);
print $message;`

/** Sends what it gets from the program that starts it. */
const SENDER =
  '[ "$LISTEN_PID" = $$ ] && printf "%s %s %s" "$LISTEN_FDS" "$LISTEN_FDNAMES" "${NOTIFY_SOCKET-absent}" >&3'

describe('with-notify-socket', () => {
  const program = join(root, 'packaging/with-notify-socket')
  let folder: TemporaryFolder

  before(function () {
    skipBecause(this, whyNoProgram('perl'))
  })
  beforeEach(async () => (folder = await temporaryFolder()))
  afterEach(() => folder.remove())

  async function received(socket: string): Promise<string> {
    const receiver = spawn('perl', ['-e', RECEIVER, socket], {stdio: ['ignore', 'pipe', 'pipe']})
    try {
      const message = text(receiver.stdout)
      await once(receiver.stderr, 'data')
      const {stderr, status} = spawnSync(program, ['sh', '-c', SENDER], {
        encoding: 'utf8',
        env: {...process.env, NOTIFY_SOCKET: socket},
      })
      assert.deepEqual([stderr, status], ['', 0])
      return await message
    } finally {
      receiver.kill('SIGKILL')
    }
  }

  it('passes a connected socket to the same process, as systemd does with OpenFile=', async () => {
    const socket = join(folder.path, 'notify')
    assert.equal(await received(socket), '1 notify absent')
  })

  it('knows the form of an abstract socket', async () => {
    const socket = `@${folder.path}`
    assert.equal(await received(socket), '1 notify absent')
  })

  const outcome = (parameters: readonly string[], env: NodeJS.ProcessEnv) => {
    const {NOTIFY_SOCKET: _, ...others} = process.env
    const {stdout, stderr, status} = spawnSync(program, parameters, {
      encoding: 'utf8',
      env: {...others, ...env},
    })
    return {stdout, stderr, status}
  }

  it('only executes the program without systemd', () => {
    const {stdout, stderr, status} = outcome(['sh', '-c', 'echo "$LISTEN_FDS."; exit 7'], {})
    assert.deepEqual([stdout, stderr, status], ['.\n', '', 7])
  })

  it('fails if it cannot connect or execute', () => {
    const missing = outcome(['true'], {NOTIFY_SOCKET: join(folder.path, 'missing')})
    assert.match(missing.stderr, /^with-notify-socket: .*missing: No such file or directory$/m)
    assert.notEqual(missing.status, 0)
    assert.match(
      outcome(['/no/such/program'], {}).stderr,
      /^with-notify-socket: \/no\/such\/program: No such/,
    )
    assert.match(outcome([], {}).stderr, /^usage: /)
  })
})

describe('notifyThrough', () => {
  let folder: TemporaryFolder
  beforeEach(async () => (folder = await temporaryFolder()))
  afterEach(() => folder.remove())

  it('writes one assignment on each line, at once', () => {
    const path = join(folder.path, 'messages')
    const descriptor = openSync(path, 'w+')
    try {
      const log = new FakeLog()
      notifyThrough(descriptor, log)({READY: '1', STATUS: 'serving 1 Service,\n  1 listener'})
      assert.equal(readFileSync(path, 'utf8'), 'READY=1\nSTATUS=serving 1 Service, 1 listener')
      assert.deepEqual(log.said, [])
    } finally {
      closeSync(descriptor)
    }
  })

  it('logs only the first error', () => {
    const descriptor = openSync('/dev/null', 'r')
    try {
      const log = new FakeLog()
      const notify = notifyThrough(descriptor, log)
      notify({WATCHDOG: '1'})
      notify({WATCHDOG: '1'})
      assert.deepEqual(log.lines, [
        ['warn', 'systemd cannot be notified', {error: 'EBADF: bad file descriptor, write'}],
      ])
    } finally {
      closeSync(descriptor)
    }
  })
})
