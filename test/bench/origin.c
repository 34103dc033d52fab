// What every proxy of the run forwards to: it must cost so little that its core has idle time left. One thread, no allocation
// per request. It reads a request whole, its body too, and answers by the path: /mib/... with 1 MiB, /seen with the head that
// reached it, everything else with 1 KiB. Argument: the port of loopback to listen on.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SMALL = 1024, LARGE = 1024 * 1024, HEAD = 32 * 1024, BATCH = 256, EVENTS = 512 };

struct text {
  char *bytes;
  size_t length;
};

struct connection {
  int fd;
  bool ends;                 // after this answer: the proxy asked for it
  uint64_t body_left;        // of the request that is being read
  const struct text *answer; // what it will be answered when its body is read
  struct text seen;          // an answer of its own, for /seen
  const char *out;           // what the kernel did not take yet
  size_t out_left;
  char *held;                // an incomplete head
  size_t held_length;
};

static struct text small, last, large, unread;
static char received[256 * 1024 + HEAD];
static int poller;

static struct text answer_of(const char *status, const char *connection, const char *body, size_t length) {
  char date[64];
  time_t now = time(NULL);
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
  struct text made = {malloc(length + 512), 0};
  made.length = sprintf(made.bytes,
                        "HTTP/1.1 %s\r\nServer: origin\r\nDate: %s\r\nContent-Type: text/html\r\nContent-Length: %zu\r\n"
                        "Connection: %s\r\n\r\n",
                        status, date, length, connection);
  if (body != NULL) memcpy(made.bytes + made.length, body, length);
  else memset(made.bytes + made.length, 'x', length);
  made.length += length;
  return made;
}

static void drop(struct connection *c) {
  close(c->fd);
  free(c->seen.bytes);
  free(c->held);
  free(c);
}

static void want(struct connection *c, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
}

/** False where the connection is gone. */
static bool flush_out(struct connection *c) {
  while (c->out_left > 0) {
    ssize_t n = send(c->fd, c->out, c->out_left, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return want(c, EPOLLIN | EPOLLOUT), true;
    if (n <= 0) return false;
    c->out += n;
    c->out_left -= n;
  }
  return !c->ends;
}

static bool reply(struct connection *c) {
  c->ends = c->answer == &last || c->answer == &unread;
  c->out = c->answer->bytes;
  c->out_left = c->answer->length;
  return flush_out(c);
}

/** The value of a field in a head that ends at `end`, or NULL. */
static const char *field(const char *head, const char *end, const char *name) {
  size_t length = strlen(name);
  for (const char *line = head; line < end;) {
    const char *stop = memchr(line, '\n', end - line);
    if (stop == NULL) return NULL;
    if (strncasecmp(line, name, length) == 0 && line[length] == ':') return line + length + 1;
    line = stop + 1;
  }
  return NULL;
}

/** What a head asks for: the answer, and how much body comes first. */
static void begin(struct connection *c, const char *head, const char *end) {
  const char *path = memchr(head, ' ', end - head);
  path = path == NULL ? "" : path + 1;
  c->body_left = 0;
  c->answer = strncmp(path, "/mib/", 5) == 0 ? &large : &small;
  if (strncmp(path, "/seen", 5) == 0) {
    free(c->seen.bytes);
    c->seen = answer_of("200 OK", "keep-alive", head, end - head);
    c->answer = &c->seen;
  }
  if (c->answer == &small && memmem(head, end - head, "onnection: close", 16) != NULL) c->answer = &last;
  if (*head == 'G') return; // GET: no body
  const char *length = field(head, end, "content-length");
  if (length != NULL) c->body_left = strtoull(length, NULL, 10);
  else if (field(head, end, "transfer-encoding") != NULL) c->answer = &unread;
}

/** Takes what arrived; false where the connection must go. */
static bool take(struct connection *c, const char *b, size_t n) {
  while (n > 0) {
    if (c->body_left > 0) {
      size_t body = n < c->body_left ? n : c->body_left;
      c->body_left -= body;
      b += body;
      n -= body;
      if (c->body_left == 0 && !reply(c)) return false;
      continue;
    }
    const char *end = memmem(b, n, "\r\n\r\n", 4);
    if (end == NULL) {
      if (n > HEAD) return false;
      if (c->held == NULL) c->held = malloc(HEAD);
      memcpy(c->held, b, c->held_length = n);
      return true;
    }
    end += 4;
    begin(c, b, end);
    n -= end - b;
    b = end;
    if (c->body_left == 0 && !reply(c)) return false;
  }
  return true;
}

static bool readable(struct connection *c) {
  size_t before = c->held_length;
  if (before > 0) memcpy(received, c->held, before);
  ssize_t n = recv(c->fd, received + before, sizeof received - before, 0);
  if (n < 0) return errno == EAGAIN;
  if (n == 0) return false;
  c->held_length = 0;
  return take(c, received, before + n);
}

static void accept_all(int listener) {
  for (int i = 0; i < BATCH; i += 1) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  small = answer_of("200 OK", "keep-alive", NULL, SMALL);
  last = answer_of("200 OK", "close", NULL, SMALL);
  large = answer_of("200 OK", "keep-alive", NULL, LARGE);
  unread = answer_of("501 Not Implemented", "close", "", 0);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) {
    perror("origin");
    return 1;
  }
  poller = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < count; i += 1) {
      struct connection *c = events[i].data.ptr;
      if (c == NULL) {
        accept_all(listener);
        continue;
      }
      bool stays = true;
      if (events[i].events & EPOLLOUT) {
        stays = flush_out(c);
        if (stays && c->out_left == 0) want(c, EPOLLIN);
      }
      if (stays && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) stays = readable(c);
      if (!stays) drop(c);
    }
  }
}
