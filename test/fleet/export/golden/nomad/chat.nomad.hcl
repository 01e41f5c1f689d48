# Run with: nomad job run chat.nomad.hcl
job "chat" {
  type = "service"

  group "master-server-1" {
    count = 1
    meta { serverType = "master" }

    network {
      port "p3005" { static = 3005 }
      port "p3010" { static = 3010 }
    }

    restart {
      attempts = 10
      interval = "5m"
      delay = "3s"
      mode = "delay"
    }

    disconnect {
      lost_after = "8760h"
      replace = false
      reconcile = "keep_original"
    }

    task "master-server-1" {
      driver = "raw_exec"
      config {
        command = "/usr/bin/node"
        args = ["/srv/chat/app.js", "env=production", "type=master"]
        work_dir = "/srv/chat"
      }
      kill_signal = "SIGTERM"
      kill_timeout = "45s"
      env {
        NODE_ENV = "production"
      }
    }
  }

  group "chat-1" {
    count = 1
    meta { serverType = "chat" }

    network {
      port "p6050" { static = 6050 }
    }

    restart {
      attempts = 10
      interval = "5m"
      delay = "3s"
      mode = "delay"
    }

    disconnect {
      lost_after = "8760h"
      replace = false
      reconcile = "keep_original"
    }

    task "chat-1" {
      driver = "raw_exec"
      config {
        command = "/usr/bin/node"
        args = ["/srv/chat/app.js", "env=production", "id=chat-1", "host=127.0.0.1", "port=6050", "cpu=2", "serverType=chat"]
        work_dir = "/srv/chat"
      }
      kill_signal = "SIGTERM"
      kill_timeout = "45s"
      env {
        NODE_ENV = "production"
      }
    }
  }

  group "chat_2" {
    count = 1
    meta { serverType = "chat" }

    network {
      port "p6051" { static = 6051 }
    }

    restart {
      attempts = 10
      interval = "5m"
      delay = "3s"
      mode = "delay"
    }

    disconnect {
      lost_after = "8760h"
      replace = false
      reconcile = "keep_original"
    }

    task "chat_2" {
      driver = "raw_exec"
      config {
        command = "/usr/bin/node"
        args = ["--max-old-space-size=512", "/srv/chat/app.js", "env=production", "id=chat_2", "host=127.0.0.1", "port=6051", "title=100% \"good\" $${x} %%{y} $HOME", "serverType=chat"]
        work_dir = "/srv/chat"
      }
      kill_signal = "SIGTERM"
      kill_timeout = "45s"
      env {
        NODE_ENV = "production"
      }
      template {
        destination = "secrets/hidden.env"
        env = true
        data = <<EOT
        {{ with nomadVar "nomad/jobs/chat" }}VIGIL_FLEET_HIDDEN={{ .server_chat_2 | toJSON }}{{ end }}
EOT
      }
    }
  }

  group "gate-1" {
    count = 1
    meta { serverType = "gate" }

    network {
      port "p3014" { static = 3014 }
    }

    restart {
      attempts = 10
      interval = "5m"
      delay = "3s"
      mode = "delay"
    }

    disconnect {
      lost_after = "8760h"
      replace = false
      reconcile = "keep_original"
    }

    task "gate-1" {
      driver = "raw_exec"
      config {
        command = "/usr/bin/node"
        args = ["/srv/chat/app.js", "env=production", "id=gate-1", "host=127.0.0.1", "clientPort=3014", "frontend=true", "serverType=gate"]
        work_dir = "/srv/chat"
      }
      kill_signal = "SIGTERM"
      kill_timeout = "45s"
      env {
        NODE_ENV = "production"
      }
    }
  }
}
