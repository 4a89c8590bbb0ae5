"""asyncssh's SFTP server over one folder; ends with its input.

``asyncssh_sftp.py FOLDER KEY``: user ``th`` with the password ``right`` sees
FOLDER as ``/``; KEY is the host's private key.  Prints its port.
"""

import asyncio
import sys

import asyncssh


class Door(asyncssh.SSHServer):
    def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == ("th", "right")


async def main(folder, key):
    def chrooted(channel):
        return asyncssh.SFTPServer(channel, chroot=folder)

    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=Door,
        server_host_keys=[key],
        sftp_factory=chrooted,
    )
    print(server.get_port(), flush=True)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main(sys.argv[1], sys.argv[2]))
