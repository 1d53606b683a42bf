/* SPDX-License-Identifier: MIT */
/*
 * alkref: the reference as a program. What it can do stands in the table of
 * commands; each has a file of its own. The environment is not read
 * [NE-2, CC-7].
 */
#include "ref/bin/commands.h"
#include "ref/bin/papers.h"
#include "ref/bin/testee_lines.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"
#include "ref/model/fingerprint.h"
#include "ref/quic/tls.h"

#include <fcntl.h>
#include <stdio.h>

int commands_complain(const struct failure *f, int status)
{
    fprintf(stderr, "alkref: %s\n", f->sentence);
    return status;
}

int commands_keygen(int argc, char **argv, struct failure *f)
{
    const char *path = NULL, *certificate = NULL;
    const struct options_word words[] = {
        {"FILE", OPTIONS_ONCE, NULL, &path},
        {"--x509", OPTIONS_MAYBE, NULL, &certificate},
    };
    struct entropy_source entropy = entropy_system();
    uint8_t seed[FILES_SEED_LEN];
    struct tls_key *key;
    struct fingerprint own, certified = {""};

    if (!options_read(argc, argv, 2, words, 2, f) ||
        !files_make_key(path, &entropy, seed, f) ||
        (certificate &&
         !papers_make_certificate(certificate, seed, &certified, f)))
        return commands_complain(f, OPTIONS_EXIT_USAGE);
    key = tls_key_new(seed, f);
    if (!key)
        return commands_complain(f, OPTIONS_EXIT_TRANSPORT);
    own = fingerprint_of(tls_key_spki(key));
    printf("{\"fingerprint\":\"%s\"", own.text);
    if (certificate)
        printf(",\"certificate\":\"%s\"", certified.text);
    puts("}");
    tls_key_free(key);
    return OPTIONS_EXIT_OK;
}

static int command_testee(int argc, char **argv, struct failure *f)
{
    return options_read(argc, argv, 2, NULL, 0, f)
               ? testee_run()
               : commands_complain(f, OPTIONS_EXIT_USAGE);
}

/* For help: what papers_words() and target_words() read. */
#define PAPERS "[--key F [--cert F]]"
#define TARGET                                                                 \
    "(--pin FP | --server-name N [--ca F])\n"                                  \
    "      " PAPERS " [--token-file F]"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv, struct failure *f);
    const char *words; /* for help */
    const char *claim; /* likewise */
    bool stays;        /* until it is told to end; readers may go before */
} commands[] = {
    {"keygen", commands_keygen, "FILE [--x509 CERT]",
     "make a key, and a certificate of it; print fingerprints", false},
    {"listen", commands_listen,
     "[--addr A] " PAPERS " [--peers F] [--ops F]\n"
     "      [--on-connect OP[=JSON]]… [--import [--prefix P]] [--dial A=FP]…",
     "serve those operations (without a file conf/*); the first line says "
     "where and who",
     true},
    {"dial", commands_dial,
     "ADDR --ops F " TARGET " [--peers F]\n"
     "      [--trusted-peer] [--profile remote-safe|peer-graph]\n"
     "      [--on-connect OP[=JSON]]… [--import [--prefix P]]",
     "stay connected and serve those operations to whom was dialled", true},
    {"call", commands_call, "ADDR OP [JSON] " TARGET " [--timeout MS]",
     "call an operation; exit 1: it failed, 2: it was not reached", false},
    {"subscribe", commands_subscribe,
     "ADDR OP [JSON] " TARGET " [--timeout MS]\n      [--items N]",
     "print what an operation streams, an item a line; exits as call does",
     false},
    {"list", commands_list, "ADDR " TARGET " [--timeout MS] [--json]",
     "what may be called there: a line each, kind and name", false},
    {"peers", commands_peers, "ADDR " TARGET " [--timeout MS] [--json]",
     "what its peers serve it, where it tells: a line each, peer, kind and "
     "name",
     false},
    {"schema", commands_schema, "ADDR NAME " TARGET " [--timeout MS]",
     "the specification of one operation, as JSON", false},
    {"testee", command_testee, "",
     "speak the test contract on standard input and output", true},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void help_on(FILE *to, size_t i)
{
    fprintf(to, "  alkref %s %s\n      %s\n", commands[i].name,
            commands[i].words, commands[i].claim);
}

static void help(FILE *to)
{
    fputs("alkref: the alknet/call reference as a program\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        help_on(to, i);
}

static bool is_help(const char *word)
{
    return word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0);
}

/* What could not be written is no success. */
static int flush(int status, struct failure *f)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    failure_say(f, "standard output cannot be written");
    return commands_complain(f, OPTIONS_EXIT_TRANSPORT);
}

static int run(size_t i, int argc, char **argv, struct failure *f)
{
    int status = OPTIONS_EXIT_OK;

    if (is_help(argv[2]))
        help_on(stdout, i);
    else
        status = commands[i].run(argc, argv, f);
    return commands[i].stays ? status : flush(status, f);
}

/* Whoever closed a standard descriptor shall not have it become a socket of
 * ours: it is opened the wrong way round, so that using it fails. */
static void fill_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    struct failure f = {""};
    struct entropy_source entropy = entropy_system();
    uint32_t seed;

    fill_descriptors();
    entropy_fill(&entropy, (uint8_t *)&seed, sizeof seed);
    value_setup(seed);
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return run(i, argc, argv, &f);
    if (argc > 1 && (is_help(argv[1]) || strcmp(argv[1], "help") == 0)) {
        help(stdout);
        return flush(OPTIONS_EXIT_OK, &f);
    }
    help(stderr);
    failure_say(&f, "%.80s: no such command", argc > 1 ? argv[1] : "nothing");
    return commands_complain(&f, OPTIONS_EXIT_USAGE);
}
