# Put with: nomad var put @chat.nv.hcl
path = "nomad/jobs/chat"
items {
  server_chat_2 = "{\"dbPassword\":\"a'b\\\\c\\\"$${d}\"}"
}
