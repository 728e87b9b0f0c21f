import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {LineReceiver} from '../../../../src/observe/traffic/line-receiver.js'
import {silentLogger} from '../../../../src/util/logger.js'
import {waitFor} from '../../../support/wait.js'

describe('LineReceiver', () => {
  it('receives datagrams on the loopback interface', async () => {
    const lines: string[] = []
    const onLine = (line: Buffer): void => void lines.push(line.toString())
    const receiver = await LineReceiver.open({port: 0, onLine, log: silentLogger})
    const {address, port} = receiver.endpoint
    assert.equal(address, '127.0.0.1')
    const sender = createSocket('udp4')
    sender.send('a line', port, address)
    await waitFor(() => lines.length > 0, {what: 'the line'})
    assert.deepEqual(lines, ['a line'])
    sender.close()
    await receiver.close()
  })

  it('fails if the port is in use', async () => {
    const first = await LineReceiver.open({port: 0, onLine: () => {}, log: silentLogger})
    const {port} = first.endpoint
    await assert.rejects(LineReceiver.open({port, onLine: () => {}, log: silentLogger}), {
      name: 'Failure',
      code: 'traffic-port',
      message: `cannot receive the access log of NGINX on UDP port ${port} of 127.0.0.1: the port is in use`,
    })
    await first.close()
  })
})
