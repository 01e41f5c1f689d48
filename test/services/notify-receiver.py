# A service manager's end of NOTIFY_SOCKET: prints each message on one line, as JSON.
import array, json, os, socket, sys

address = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind('\0' + address[1:] if address.startswith('@') else address)
print('listening', flush=True)
while True:
    data, ancillary, _flags, _sender = receiver.recvmsg(65536, socket.CMSG_SPACE(64))
    # The sender waits until what came along with its barrier is closed.
    for _level, kind, content in ancillary:
        if kind == socket.SCM_RIGHTS:
            descriptors = array.array('i')
            descriptors.frombytes(content[: len(content) - len(content) % 4])
            for descriptor in descriptors:
                os.close(descriptor)
    print(json.dumps(data.decode().splitlines()), flush=True)
