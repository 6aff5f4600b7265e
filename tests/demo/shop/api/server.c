/* A shop's front door: a login form, a login, a page for who is logged in. Usage: server (it prints its port). */
#include "http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static middleware chain[8];
static unsigned chained;
static struct visitor visitors[64];
static unsigned newest;

void add_middleware(middleware next)
{
    if (chained < sizeof chain / sizeof chain[0])
        chain[chained++] = next;
}

static int random_hex(char out[33])
{
    unsigned char bytes[16];
    FILE *source = fopen("/dev/urandom", "rb");
    size_t got = source ? fread(bytes, 1, sizeof bytes, source) : 0;
    if (source)
        fclose(source);
    for (size_t i = 0; i < got; i++)
        sprintf(out + 2 * i, "%02x", bytes[i]);
    return got == sizeof bytes ? 0 : -1;
}

static struct visitor *find(const char *id)
{
    for (unsigned i = 0; id[0] && i < sizeof visitors / sizeof visitors[0]; i++)
        if (strcmp(visitors[i].id, id) == 0)
            return &visitors[i];
    return NULL;
}

static void login_form(struct visitor *visitor, struct response *response)
{
    char page[1024] = "";
    FILE *file = fopen("webui/login.html", "r");
    size_t length = file ? fread(page, 1, sizeof page - 1, file) : 0;
    if (file)
        fclose(file);
    page[length] = '\0';
    char *place = strstr(page, "{{token}}");
    visitor = visitor ? visitor : &visitors[newest++ % (sizeof visitors / sizeof visitors[0])];
    if (!place || random_hex(visitor->id) || random_hex(visitor->token)) {
        answer(response, 500, "no form");
        return;
    }
    visitor->logged_in = 0;
    response->status = 200;
    snprintf(response->cookie, sizeof response->cookie, "%s", visitor->id);
    snprintf(response->body, sizeof response->body, "%.*s%s%s", (int)(place - page), page, visitor->token, place + strlen("{{token}}"));
}

static void login(const struct request *request, struct visitor *visitor, struct response *response)
{
    char user[64], password[64];
    form_field(request->body, "user", user, sizeof user);
    form_field(request->body, "password", password, sizeof password);
    if (!visitor || strcmp(user, "ada") != 0 || strcmp(password, "analytical") != 0) {
        answer(response, 401, "wrong name or password");
        return;
    }
    visitor->logged_in = random_hex(visitor->id) == 0; /* a new id: the one from before the login is worth nothing */
    snprintf(response->cookie, sizeof response->cookie, "%s", visitor->id);
    answer(response, 200, "welcome");
}

static void handle(const struct request *request, struct response *response)
{
    struct visitor *visitor = find(request->cookie);
    for (unsigned i = 0; i < chained; i++)
        if (chain[i](request, visitor, response))
            return;
    if (strcmp(request->path, "/login") == 0 && strcmp(request->method, "GET") == 0)
        login_form(visitor, response);
    else if (strcmp(request->path, "/login") == 0)
        login(request, visitor, response);
    else if (strcmp(request->path, "/profile") == 0)
        answer(response, 200, "the profile of ada");
    else
        answer(response, 404, "no such page");
}

int main(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) || listen(listener, 16)
        || getsockname(listener, (struct sockaddr *)&address, &length)) {
        perror("server");
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    add_middleware(csrf_middleware);
    add_middleware(session_middleware);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        struct request request;
        struct response response = { 0 };
        if (connection < 0)
            continue;
        if (read_request(connection, &request))
            answer(&response, 400, "not understood");
        else
            handle(&request, &response);
        write_response(connection, &response);
        close(connection);
    }
}
